"""Cases and the referrals that people link to them; an ended link stays as history."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.errors import Duplicate, NotFound
from engine.records.intake import priority
from engine.records.schema import Case, CaseReferral, Referral, now
from engine.records.searching import outdated


def create_case(session: Session, name: str, note: str | None = None, *, actor: Actor) -> Case:
    """Open a case; raises Duplicate."""
    if session.scalar(select(Case.id).where(Case.name == name)) is not None:
        raise Duplicate(f"There is a case {name} already.", f"Link to it: triage case link {name} R12")
    case = Case(unit_id=unit_of(session), name=name, note=note)
    session.add(case)
    session.flush()
    ledger.record(session, actor=actor, action="case.created", target=ids.public("case", case.id))
    return case


def get_case(session: Session, case_id: int) -> Case:
    """The case with this number; raises NotFound."""
    case = session.get(Case, case_id)
    if case is None:
        raise NotFound(f"There is no case {ids.public('case', case_id)}.", "See them all: triage case list")
    return case


def case_named(session: Session, name: str) -> Case:
    """The case with this name; raises NotFound."""
    case = session.scalar(select(Case).where(Case.name == name))
    if case is None:
        raise NotFound(f"There is no case {name}.", f"Open it: triage case create {name}")
    return case


def list_cases(session: Session) -> list[Case]:
    """The unit's cases by name."""
    return list(session.scalars(select(Case).where(Case.unit_id == unit_of(session)).order_by(Case.name)))


def link_case(
    session: Session, case: Case, referral: Referral, *, actor: Actor, reason: str | None = None
) -> CaseReferral:
    """Link a referral to a case, or give the link that is there."""
    user_id = actor.require_person("link a referral to a case")
    link = _link(session, case, referral)
    if link is None:
        link = CaseReferral(case_id=case.id, referral_id=referral.id, linked_by_id=user_id, reason=reason)
        session.add(link)
        session.flush()
        _record(session, case, referral, "case.linked", actor)
        outdated.mark_referral(session, referral.id, f"its referral was linked to the case {case.name}")
        priority.ask_again(session, [referral.id])
    return link


def unlink_case(session: Session, case: Case, referral: Referral, *, actor: Actor) -> None:
    """End the link between a case and a referral; raises NotFound where there is none."""
    user_id = actor.require_person("unlink a referral from a case")
    link = _link(session, case, referral)
    if link is None:
        public_id = ids.public("referral", referral.id)
        raise NotFound(
            f"{public_id} is not linked to the case {case.name}.", f"See its links: triage case show {case.name}"
        )
    link.unlinked_by_id, link.unlinked_at = user_id, now()
    _record(session, case, referral, "case.unlinked", actor)
    outdated.mark_referral(session, referral.id, f"its referral was unlinked from the case {case.name}")
    priority.ask_again(session, [referral.id])


def cases_of(session: Session, referral_id: int) -> list[Case]:
    """The cases that a referral is linked to now."""
    query = select(Case).join(CaseReferral).where(CaseReferral.referral_id == referral_id, _STANDING).order_by(Case.id)
    return list(session.scalars(query))


def referrals_of(session: Session, case_id: int) -> list[Referral]:
    """The referrals that are linked to a case now."""
    query = select(Referral).join(CaseReferral).where(CaseReferral.case_id == case_id, _STANDING).order_by(Referral.id)
    return list(session.scalars(query))


_STANDING = CaseReferral.unlinked_at.is_(None)


def _link(session: Session, case: Case, referral: Referral) -> CaseReferral | None:
    query = select(CaseReferral).where(
        CaseReferral.case_id == case.id, CaseReferral.referral_id == referral.id, _STANDING
    )
    return session.scalar(query)


def _record(session: Session, case: Case, referral: Referral, action: str, actor: Actor) -> None:
    case_id = ids.public("case", case.id)
    ledger.record(session, actor=actor, action=action, target=ids.public("referral", referral.id), case=case_id)
