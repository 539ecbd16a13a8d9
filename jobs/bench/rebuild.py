"""An exact index built again beside searches: how long it takes, what searches cost, and that they see what is new."""

import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from sqlalchemy import insert
from sqlalchemy.orm import Session

from config.settings import Settings
from engine.records.deployment import Records, open_records
from engine.records.packing import pack
from engine.records.schema import Embedding, Face, IndexRow, ReferenceFace
from engine.records.scopes import Scope
from engine.records.searching.grants import PermitGrant
from engine.search import index
from engine.search.candidates import Proposal, Searcher, Surroundings
from engine.search.index import IndexReader
from engine.search.kernels import scan_all
from engine.search.probes import Probe, Quality
from engine.search.space import Vectors
from jobs.bench.parts import Conditions
from jobs.bench.rows import Row, alone, cost
from jobs.bench.spread import PRODUCT, Crowd
from jobs.bench.standing_unit import GALLERY, SPACE, fill_unit

_PART = "rebuild"
_FACES = 1_000_000
_TOP = 50
_SCOPE = Scope(GALLERY)
_GRANT = PermitGrant(((_SCOPE, 1),))
# The exact index of a million faces is to be built again within minutes, and a search is to stay near its scan.
_MOST_SECONDS, _LEAST_SHARE = 300.0, 0.1
_START_SECONDS = 60.0


def measure(conditions: Conditions) -> Iterator[Row]:
    """Measure on a gallery of a million made-up people in records of their own; needs about 4 GB of disk."""
    yield from measure_gallery(_FACES, conditions)


def measure_gallery(faces: int, conditions: Conditions) -> Iterator[Row]:
    """The rows of a gallery of so many people with one face each."""
    home = Path(tempfile.mkdtemp(prefix="triage-bench-"))
    settings = Settings.model_validate({"home": home, "health": {"disk_reserve_bytes": 64 * 2**20}})
    paths = settings.paths
    try:
        paths.create()
        records = open_records(settings, paths)
        conditions.say(f"Putting {faces:,} people into a gallery.")
        with records.database.write() as session:
            fill_unit(session, 0, faces)
        yield alone(_PART, f"{faces:,} faces, the index built", _seconds(lambda: _build(settings)), "s")
        yield from _searches(settings, records, faces, conditions)
        records.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(paths.runtime, ignore_errors=True)


def _searches(settings: Settings, records: Records, faces: int, conditions: Conditions) -> Iterator[Row]:
    searcher = Searcher(settings.paths.index, calibration_minimum=100, long_gap_months=12)
    crowd = Crowd(PRODUCT, SPACE.dimension)
    probe = _probe(crowd.probes(1, faces))
    published = IndexReader(settings.paths.index).open(_SCOPE, SPACE)
    _search(records, searcher, probe)

    def scan() -> None:
        scan_all(SPACE, published.vectors, published.codes, probe.vectors).shortlist(_TOP)

    def search() -> None:
        _search(records, searcher, probe)

    resting = _in_turns((search, scan), conditions.rounds)
    yield cost(_PART, "a whole search", resting[0], "ms", ("its scan alone", resting[1]), at_least=_LEAST_SHARE)
    process = multiprocessing.get_context("spawn").Process(target=_build, args=(settings,))
    began = perf_counter()
    process.start()
    _wait_for_draft(settings)
    newcomer = _probe(crowd.probes(2, faces)[1:])
    face = _commit(records, newcomer.vectors[0])
    meanwhile = _search(records, searcher, newcomer)
    found = meanwhile.candidates[0].face_id == face and process.is_alive() and not meanwhile.notices
    yield alone(_PART, "searches until a face committed meanwhile is found", 1 if found else 2, "", at_most=1)
    busy = []
    while process.is_alive():
        busy.append(_in_turns((search, scan), 1))
    took = perf_counter() - began
    if busy:
        least = [min(column) for column in zip(*busy, strict=True)]
        yield cost(_PART, "a whole search during a build", least[0], "ms", ("its scan alone", least[1]))
    yield alone(_PART, f"{faces:,} faces, built again while searches go on", took, "s", at_most=_MOST_SECONDS)


def _build(settings: Settings) -> None:
    records = open_records(settings, settings.paths)
    with records.database.read() as session:
        index.build(session, settings.paths.index, _SCOPE, SPACE)
    records.close()


def _wait_for_draft(settings: Settings) -> None:
    """Until the other process has begun to write."""
    draft = index.folder_of(settings.paths.index, _SCOPE, SPACE) / "building" / "vectors.npy"
    until = perf_counter() + _START_SECONDS
    while not draft.exists() and perf_counter() < until:
        pass


def _commit(records: Records, vector: Vectors) -> int:
    """One more face of the first reference, as enrolling leaves it."""
    with records.database.write() as session:
        columns = _first_face(session)
        face = int(session.execute(insert(Face).returning(Face.id), columns).scalar_one())
        session.execute(insert(Embedding), {"face_id": face, "space_id": SPACE.id, "vector": pack(vector)})
        session.execute(insert(ReferenceFace), {"reference_id": 1, "face_id": face, "name": "new.jpg"})
        row = {"unit_id": records.unit_id, "space_id": SPACE.id, "face_id": face}
        session.execute(insert(IndexRow), row | {"gallery_id": GALLERY, "reference_id": 1})
    return face


def _first_face(session: Session) -> dict[str, object]:
    face = session.get_one(Face, 1)
    return {column.key: getattr(face, column.key) for column in Face.__mapper__.column_attrs if column.key != "id"}


def _probe(vectors: Vectors) -> Probe:
    return Probe(SPACE.id, vectors, tuple(Quality(eyes=60.0, sharpness=1.0, yaw=0.0) for _ in vectors))


def _search(records: Records, searcher: Searcher, probe: Probe) -> Proposal:
    with records.database.read() as session:
        return searcher.propose(session, SPACE, probe, _GRANT, Surroundings(), top=_TOP)


def _in_turns(runs: tuple[Callable[[], None], ...], rounds: int) -> list[float]:
    """The least time of each, in milliseconds, run one after the other in every round."""
    times = [[1e3 * _seconds(run) for run in runs] for _ in range(max(1, rounds))]
    return [min(column) for column in zip(*times, strict=True)]


def _seconds(run: Callable[[], None]) -> float:
    started = perf_counter()
    run()
    return perf_counter() - started
