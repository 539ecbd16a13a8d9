"""Which conclusions are in force: not taken back, and not superseded by a later one of the same examiner."""

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased

from engine.records.schema import Conclusion
from engine.records.words import ConclusionKind


def is_in_force() -> ColumnElement[bool]:
    """The condition on `Conclusion` that its examiner still holds it."""
    later = aliased(Conclusion)
    superseded = exists().where(later.supersedes_id == Conclusion.id, later.examiner_id == Conclusion.examiner_id)
    return and_(Conclusion.kind != ConclusionKind.RETRACTED, ~superseded)
