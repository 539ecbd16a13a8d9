"""Finds what people name on the command line: a case by id or name, galleries by their names."""

from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.errors import BadId
from engine.records.intake import cases
from engine.records.people import galleries
from engine.records.schema import Case, Gallery


def find_case(session: Session, text: str) -> Case:
    """The case with this id (K3) or this name; raises NotFound."""
    try:
        return cases.get_case(session, ids.parse(text, "case"))
    except BadId:
        return cases.case_named(session, text)


def find_galleries(session: Session, names: str | None) -> list[Gallery]:
    """The galleries of a comma-separated list, or all of them; raises NotFound."""
    if names is None:
        return [summary.gallery for summary in galleries.list_galleries(session)]
    return [galleries.get_gallery(session, name.strip()) for name in names.split(",") if name.strip()]
