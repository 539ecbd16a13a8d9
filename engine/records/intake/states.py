"""The states of a referral: which may follow which, and the one place that changes them."""

from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import keys_of
from engine.records.errors import WrongTransition
from engine.records.schema import Referral, now
from engine.records.words import ReferralState as S

#: What may follow each state. Received is where work begins again: a retry, a supplement, the end of a hold.
TRANSITIONS: dict[S, frozenset[S]] = {
    S.RECEIVED: frozenset({S.QUEUED, S.WORKING, S.FAILED, S.DUPLICATE, S.ON_HOLD, S.WITHDRAWN, S.ERASED}),
    S.QUEUED: frozenset({S.RECEIVED, S.WORKING, S.FAILED, S.ON_HOLD, S.WITHDRAWN, S.ERASED}),
    S.WORKING: frozenset({S.RECEIVED, S.QUEUED, S.READY, S.FAILED, S.ON_HOLD, S.WITHDRAWN, S.ERASED}),
    S.READY: frozenset(
        {S.RECEIVED, S.QUEUED, S.IN_REVIEW, S.AWAITING_SECOND, S.DECIDED, S.ON_HOLD, S.WITHDRAWN, S.ERASED}
    ),
    S.IN_REVIEW: frozenset({S.RECEIVED, S.READY, S.AWAITING_SECOND, S.DECIDED, S.ON_HOLD, S.WITHDRAWN, S.ERASED}),
    S.AWAITING_SECOND: frozenset({S.RECEIVED, S.READY, S.IN_REVIEW, S.DECIDED, S.ON_HOLD, S.WITHDRAWN, S.ERASED}),
    # A decided referral opens again: a third opinion, an undone conclusion, a supplement.
    S.DECIDED: frozenset({S.RECEIVED, S.READY, S.IN_REVIEW, S.AWAITING_SECOND, S.ON_HOLD, S.WITHDRAWN, S.ERASED}),
    S.ON_HOLD: frozenset({S.RECEIVED, S.WITHDRAWN, S.ERASED}),
    S.FAILED: frozenset({S.RECEIVED, S.QUEUED, S.READY, S.ON_HOLD, S.WITHDRAWN, S.ERASED}),
    # One whose original is gone may be worked on itself (`step_forward`).
    S.DUPLICATE: frozenset({S.WITHDRAWN, S.ERASED}),
    S.WITHDRAWN: frozenset({S.ERASED}),
    S.ERASED: frozenset(),
}

#: People are at work on these, or were: the conclusions say which it is.
UNDER_REVIEW = frozenset({S.READY, S.IN_REVIEW, S.AWAITING_SECOND, S.DECIDED})

#: Nothing more happens to these by themselves, and nobody reviews them.
CLOSED = frozenset({S.DUPLICATE, S.WITHDRAWN, S.ERASED})


def may_follow(now_in: S, to: S) -> bool:
    """Whether a referral in one state may go to another."""
    return to in TRANSITIONS[now_in]


def move(session: Session, referral: Referral, to: S, actor: Actor, reason: str | None = None) -> Referral:
    """Bring a referral to a state, with words on why for people; raises WrongTransition, to its own state too."""
    # The row as this write sees it, even when the caller's comes from an earlier session.
    referral = session.get_one(Referral, referral.id)
    before = referral.state
    public_id = ids.public("referral", referral.id)
    if not may_follow(before, to):
        raise WrongTransition(
            f"{public_id} is {_words(before)} and cannot become {_words(to)}.",
            f"See what happened to it: triage referral explain {public_id}",
        )
    return _enter(session, referral, to, actor, reason)


def step_forward(session: Session, referral: Referral, actor: Actor, reason: str) -> Referral:
    """Give a duplicate whose original is gone to the workers; it stands behind nobody any more."""
    if referral.state is not S.DUPLICATE:
        raise ValueError(f"{ids.public('referral', referral.id)} is no duplicate")
    referral.duplicate_of_id = None
    return _enter(session, referral, S.RECEIVED, actor, reason)


def _enter(session: Session, referral: Referral, to: S, actor: Actor, reason: str | None) -> Referral:
    before, moment = referral.state, now()
    referral.state, referral.state_since, referral.reason = to, moment, reason
    if to is S.READY and referral.ready_at is None:
        referral.ready_at = moment
    details = {"from": before.value, "to": to.value}
    if reason is not None:
        details["reason"] = keys_of(session).keyed_hash(reason)
    ledger.record(session, actor=actor, action="referral.moved", target=ids.public("referral", referral.id), **details)
    return referral


def _words(state: S) -> str:
    return state.value.replace("_", " ")
