"""What a process needs to do the work of referrals: the records, the queue where there is one, and the models.

The models are loaded at most once per process, when they are first needed; only workers and the commands that look at
pictures ever get there, so nothing else pays for torch.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from redis import Redis

from config.models import load_manifest
from config.paths import Paths
from config.settings import Settings
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.faces.spaces import register, space_at_work
from engine.records.intake.near_pictures import Likeness, Limits
from engine.search.candidates import Searcher
from engine.search.judging import Judges
from engine.search.space import Space, space_of
from jobs import embedders
from jobs.embedders import KnownEmbedder

if TYPE_CHECKING:
    from engine.vision.decoding.decoder import Decoder
    from engine.vision.embedder import Embedder
    from engine.vision.pipeline import FacePipeline


@dataclass
class Workbench:
    """The tools of one process. `holder` names it in leases and the ledger; without `redis` nothing is queued.

    model: the name of an embedder to look with in place of the one at work; nothing it finds can be stored.
    """

    records: Records
    settings: Settings
    paths: Paths
    holder: str
    redis: Redis | None = None
    model: str | None = None
    _other: "Embedder | None" = field(default=None, init=False, repr=False)

    @cached_property
    def actor(self) -> Actor:
        """How the ledger names this process."""
        return Actor.machine(self.holder)

    @cached_property
    def pipeline(self) -> "FacePipeline":
        """The networks, loaded now; raises WeightsError where a model file is missing or altered."""
        import torch  # Heavy, and needed only where pictures are looked at.

        from engine.vision.pipeline import FacePipeline

        detection = self.settings.detection
        torch.set_num_threads(detection.threads)
        return FacePipeline.load(
            load_manifest(),
            threshold=detection.threshold,
            max_side=detection.max_side,
            threads=detection.threads,
            embedder=self._loaded(self._chosen()),
            device=self.settings.worker.device,
        )

    @cached_property
    def decoder(self) -> "Decoder":
        """What decodes pictures and videos, in processes that know nothing of this one."""
        from engine.vision.decoding.decoder import Decoder
        from engine.vision.decoding.process import Limits

        decoding, threads = self.settings.decoding, self.settings.detection.threads
        return Decoder(Limits(decoding.max_pixels, decoding.max_memory_bytes, decoding.max_seconds, threads))

    @cached_property
    def space(self) -> Space:
        """The space of this process's vectors; raises WeightsError like `pipeline`.

        The first use writes it to the records, so it must not come inside another write.
        """
        space = space_of(self.pipeline.embedder)
        with self.records.database.write() as session:
            register(session, embedders.record_of(space), actor=self.actor)
        return space

    def embedder_of(self, space_id: str) -> "Embedder":
        """The embedder of a space, at work or not; the last other one stays loaded. Raises WeightsError."""
        if space_id == self.space.id:
            return self.pipeline.embedder
        if self._other is None or space_of(self._other).id != space_id:
            self._other = None  # Two others at once are more than a worker's memory is meant for.
            known = embedders.of_space(self.records.database, self.paths.models, space_id)
            self._other = self._loaded(known)
        return self._other

    def follow(self) -> None:
        """Let go of the networks where the unit has put another model to work since they were loaded."""
        if "pipeline" not in self.__dict__:
            return
        with self.records.database.read() as session:
            at_work = space_at_work(session)
        if at_work is not None and at_work.id != space_of(self.pipeline.embedder).id:
            for name in ("pipeline", "space"):
                self.__dict__.pop(name, None)

    @cached_property
    def searcher(self) -> Searcher:
        """The search over published indexes and records, which keeps what it has opened."""
        settings = self.settings
        return Searcher(
            self.paths.index,
            calibration_minimum=settings.search.calibration_minimum,
            long_gap_months=settings.search.long_gap_months,
        )

    @cached_property
    def judges(self) -> Judges:
        """What says which scores are rare, for the standing searches; keeps what it has opened."""
        return Judges(self.paths.index, calibration_minimum=self.settings.search.calibration_minimum)

    @cached_property
    def likeness(self) -> Likeness:
        """The PDQ hashes of all pictures and lists; keeps what it has read."""
        limits = self.settings.known_files
        return Likeness(Limits(limits.near_distance, limits.near_quality))

    def warm_up(self) -> None:
        """Load the models and start a decoder now, so that the first job does not wait for them."""
        self.decoder.start()
        _ = self.space

    def _loaded(self, known: KnownEmbedder) -> "Embedder":
        settings = self.settings
        return embedders.load(
            self.paths.models, known, threads=settings.detection.threads, device=settings.worker.device
        )

    def _chosen(self) -> KnownEmbedder:
        if self.model is not None:
            return embedders.named(self.paths.models, self.model)
        with self.records.database.read() as session:
            return embedders.at_work(session, self.paths.models)
