"""After a switch of models: who is searched again, in which space, and what an old list says until then."""

import pytest

from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.errors import SpaceMismatch
from engine.records.faces import subjects
from engine.records.schema import Referral, Subject
from engine.records.searching.candidate_lists import candidate_list
from jobs import embedders
from jobs.embedders import KnownEmbedder
from jobs.searching import search_subject
from jobs.searching_again import queue_due
from jobs.tasks import tasks_of
from jobs.workbench import Workbench
from tests.engine.vision.onnx_models import kept
from tests.jobs.pictures import astronaut, png
from tests.jobs.referrals_world import media_ids, waiting
from tests.jobs.test_filling import fill, put_to_work
from tests.jobs.test_matching import delivered

pytestmark = pytest.mark.usefixtures("permit")


@pytest.fixture
def small(bench: Workbench) -> KnownEmbedder:
    """An imported model beside the shipped one."""
    kept(bench.paths.models)
    return embedders.named(bench.paths.models, "small")


@pytest.fixture
def referral(bench: Workbench, records: Records) -> int:
    """One with one subject that was searched."""
    (file_id,) = media_ids(records, number := delivered(records, png(astronaut())))
    tasks_of(bench)["detect"](file_id)
    tasks_of(bench)["match"](number)
    return number


def shown(records: Records, number: int) -> tuple[Subject, dict]:
    with records.database.read() as session:
        (subject,) = subjects.subjects_of(session, session.get_one(Referral, number))
        return subject, candidate_list(session, subject.id, hide_scores=False, hide_names=False)["search"]


def test_an_open_subject_is_searched_again_with_the_new_model_and_its_old_list_says_so_until_then(
    bench: Workbench,
    records: Records,
    redis,
    supervisor: Actor,
    small: KnownEmbedder,
    referral: int,
) -> None:
    fill(bench, small, supervisor)
    put_to_work(records, small, supervisor)
    subject, search = shown(records, referral)
    assert subject.outdated == "the model small was put to work"
    assert search["earlier_model"] == "found with dlib-resnet-v1, before small was put to work"
    assert search["model_caution"] == "Model trained on adults; not validated on children."
    assert queue_due(records, redis, bench.settings) == 1
    assert waiting(redis) == [f"search-R{referral}"]
    with pytest.raises(SpaceMismatch, match="works with small"):
        search_subject(bench, subject.id)  # As a worker that was searching at that moment.
    tasks_of(bench)["search"](referral)
    subject, search = shown(records, referral)
    assert (subject.outdated, search["space"], search["earlier_model"]) == (None, small.space.id, None)
    assert search["model_caution"] == "Model small of this unit; not validated on children by Triage."
    assert (search["scanned"], search["eligible"]) == (1, 1)
    assert queue_due(records, redis, bench.settings) == 0
