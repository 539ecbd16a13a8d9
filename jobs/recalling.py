"""What the job `recall` does: one subject that later material may show gets a fresh list, and that decides."""

import structlog

from engine.records.ids import public
from engine.records.review import recalls
from engine.records.words import RecallState
from jobs.searching import search_subject
from jobs.work_lease import work_lease
from jobs.workbench import Workbench

log = structlog.get_logger()


def recall_subject(bench: Workbench, subject_id: int) -> None:
    """Search a subject with a due recall anew, under the permits in force, and bring it back where somebody is new.

    Safe to repeat. While somebody examines the subject, or workers are about to, the recall stays due: nobody's list
    is taken from under their eyes.
    """
    name = public("subject", subject_id)
    with work_lease(bench.records, name, bench.holder):
        with bench.records.database.read() as session:
            if not recalls.may_be_settled(session, subject_id):
                return
        search_subject(bench, subject_id)
        with bench.records.database.write() as session:
            recall = recalls.settle(session, subject_id, actor=bench.actor)
    if recall is not None:
        log.info("recall settled", subject=name, shown=recall.state is RecallState.SHOWN)
