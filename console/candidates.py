"""The candidates of a subject as an examiner may see them: by rank, or in an order that tells nothing of the scores."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from console.views import ShownCandidate
from engine.records.ids import parse
from engine.records.intake.referrals import get_referral
from engine.records.intake.states import CLOSED
from engine.records.searching.shared_frames import SHARED_FRAME
from engine.records.words import ReferralState
from engine.search.cautions import NEAR_TIE
from engine.search.rarity import Rarity, words

_DONE = CLOSED | {ReferralState.DECIDED}


def shown_candidates(
    session: Session, documents: Sequence[dict[str, Any]], *, ranked: bool, shuffle: str
) -> list[ShownCandidate]:
    """The candidates of a list that `candidate_list` gave: by rank, or shuffled by what `shuffle` names.

    The same words shuffle the same way again, so that a candidate keeps its place while it is on the list.
    """
    shown = [_candidate(session, document, ranked=ranked) for document in documents]
    return shown if ranked else sorted(shown, key=lambda one: _lot(shuffle, one))


def _lot(shuffle: str, candidate: ShownCandidate) -> bytes:
    """A candidate's place in the shuffle: drawn for who it is, so that a new search leaves the others' order alone."""
    who = f"{shuffle}:{candidate.reference_id}:{candidate.linked_subject_id}"
    return hashlib.sha256(who.encode()).digest()


def _candidate(session: Session, document: dict[str, Any], *, ranked: bool) -> ShownCandidate:
    rarity = document["rarity"]
    # These would say who is at the top.
    cautions = (caution for caution in document["cautions"] if ranked or caution not in {NEAR_TIE, SHARED_FRAME})
    return ShownCandidate(
        candidate_id=parse(document["id"], "candidate"),
        name=_name(document),
        where=_where(session, document),
        face_id=parse(document["face"], "face"),
        probe_face_id=_number(document["probe_face"], "face"),
        reference_id=_number(document["reference"], "reference"),
        linked_subject_id=_number(document["subject"], "subject"),
        cautions=tuple(cautions),
        rarity="" if rarity is None else words(Rarity(**rarity)),
    )


def _name(document: dict[str, Any]) -> str:
    if document["subject"]:
        return f"subject {document['subject']}"
    return document["name"] or f"unnamed {document['person']}"


def _where(session: Session, document: dict[str, Any]) -> str:
    """The gallery, or the other referral and whether it is still worked on."""
    if not document["referral"]:
        return str(document["gallery"])
    state = get_referral(session, parse(document["referral"], "referral")).state
    return f"{document['referral']} {'decided' if state in _DONE else 'open'}"


def _number(text: str | None, kind: str) -> int | None:
    return None if text is None else parse(text, kind)
