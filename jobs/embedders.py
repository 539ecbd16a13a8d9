"""Which embedders there are, the one that came with Triage and imported ones, and which of them is at work."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from config.groups import Device
from config.models import ModelEntry, load_manifest
from engine.records.actors import Actor
from engine.records.database import Database
from engine.records.errors import NotFound
from engine.records.faces.spaces import Decision, SpaceRecord, activate, get_space, register, space_at_work
from engine.records.schema import Activation
from engine.records.schema import Space as SpaceRow
from engine.records.searching import outdated
from engine.search.space import Space, space_of
from engine.vision import imported
from engine.vision.errors import WeightsError, WeightsMissing
from engine.vision.identity import describe_shipped
from engine.vision.imported import ImportedModel

if TYPE_CHECKING:
    # They bring torch and onnxruntime with them.
    from engine.vision.embedder import Embedder


_SEE = "See those that are there: triage models list"


@dataclass(frozen=True, slots=True)
class KnownEmbedder:
    """An embedder that could be put to work, with the space of its vectors; its network is not loaded."""

    space: Space
    source: ModelEntry | ImportedModel

    @property
    def name(self) -> str:
        """The model's name."""
        return self.space.model


def find_all(folder: Path) -> tuple[list[KnownEmbedder], list[WeightsError]]:
    """The shipped embedder and those imported into the folder, and what is wrong with files that cannot be used."""
    entry = load_manifest().embedder
    models, problems = imported.find_all(folder)
    known = [KnownEmbedder(space_of(describe_shipped(entry)), entry)]
    known += [KnownEmbedder(space_of(model.description), model) for model in models]
    return known, problems


def named(folder: Path, name: str) -> KnownEmbedder:
    """The embedder of this name; raises NotFound."""
    known, problems = find_all(folder)
    for embedder in known:
        if embedder.name == name:
            return embedder
    raise NotFound(f"There is no model {name}.{_damage(problems)}", _SEE)


def at_work(session: Session, folder: Path) -> KnownEmbedder:
    """The embedder of the space that the unit works in, the shipped one before there is any; raises WeightsMissing.

    It is known by its space alone: an altered declaration makes another.
    """
    known, problems = find_all(folder)
    space = space_at_work(session)
    if space is None:
        return known[0]
    for embedder in known:
        if embedder.space.id == space.id:
            return embedder
    raise _gone(space, " at work", problems)


def of_space(database: Database, folder: Path, space_id: str) -> KnownEmbedder:
    """The embedder of a space in the records; raises WeightsMissing where it is not there, or was changed."""
    known, problems = find_all(folder)
    for embedder in known:
        if embedder.space.id == space_id:
            return embedder
    with database.read() as session:
        raise _gone(get_space(session, space_id), "", problems)


def put_to_work(session: Session, embedder: KnownEmbedder, decision: Decision, *, actor: Actor) -> Activation:
    """Make its space the one that the unit works in; raises Refused as `activate` does.

    Subjects that nobody has decided on are to be searched again in it.
    """
    space = register(session, record_of(embedder.space), actor=actor)
    activation = activate(session, space.id, decision, actor=actor)
    outdated.mark_earlier_model(session, space)
    return activation


def record_of(space: Space) -> SpaceRecord:
    """A space as the records keep it."""
    return SpaceRecord(space.id, space.model, space.dimension, space.metric, space.description)


def load(folder: Path, embedder: KnownEmbedder, *, threads: int, device: Device = "cpu") -> "Embedder":
    """Load its network; an imported one computes on the processor whatever the device.

    Raises WeightsMissing, WeightsAltered, WeightsUnusable and DeviceMissing.
    """
    if isinstance(embedder.source, ImportedModel):
        return imported.load(folder, embedder.source, threads=threads)
    from engine.vision.embedder import DlibEmbedder

    return DlibEmbedder.load(embedder.source, threads=threads, device=device)


def _gone(space: SpaceRow, role: str, problems: list[WeightsError]) -> WeightsMissing:
    return WeightsMissing(
        f"The model {space.model}{role} (space {space.id}) is not there, or was changed.{_damage(problems)}", hint=_SEE
    )


def _damage(problems: list[WeightsError]) -> str:
    return f" One that cannot be used: {problems[0].message}." if problems else ""
