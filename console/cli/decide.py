"""`triage decide`: what one examiner holds about a subject, under the same rules as in the console."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.cli.frame import As, Json, examples, single
from console.cli.opening import Deployment, open_deployment
from console.cli.output import print_json, say, words
from console.identity import acting_user
from engine.records import ids
from engine.records.actors import Actor
from engine.records.errors import NotFound
from engine.records.intake import referrals
from engine.records.review import conclusions, desk, outcome
from engine.records.review.in_force import is_in_force
from engine.records.schema import Conclusion, User
from engine.records.words import ConclusionKind

app = single()

# What an exhibit says about how a candidate was shown: here no picture was, and no score.
_RENDERING = {"protocol": "command line", "score_shown": False}
_ABOUT_A_CANDIDATE = ("identified", "excluded", "inconclusive")


@dataclass(frozen=True, slots=True)
class _About:
    """What is concluded about: a subject, or a referral in which nobody was found."""

    name: str
    subject_id: int | None = None
    referral_id: int | None = None

    @classmethod
    def of(cls, text: str) -> "_About":
        """What an id names; raises BadId."""
        if text[:1].upper() == ids.PREFIXES["referral"]:
            return cls(text, referral_id=ids.parse(text, "referral"))
        return cls(text, subject_id=ids.parse(text, "subject"))


@app.command(
    epilog=examples(
        "triage decide S12 --candidate C40 --conclusion identified --note 'scar on the left brow'",
        "triage decide S12 --no-match",
        "triage decide R7 --set-aside --note 'no person in any picture'",
        "triage decide S12 --undo",
    )
)
def decide(
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="A subject (S12), or a referral in which nobody was found (R7).")
    ],
    candidate: Annotated[str | None, typer.Option(metavar="C", help="The candidate concluded on, such as C40.")] = None,
    conclusion: Annotated[
        str | None, typer.Option(metavar="WORD", help="identified, excluded or inconclusive; with --candidate.")
    ] = None,
    no_match: Annotated[bool, typer.Option("--no-match", help="None of the candidates is this person.")] = False,
    set_aside: Annotated[bool, typer.Option("--set-aside", help="Nobody needs to identify this subject.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take your own latest conclusion back.")] = False,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="What it rests on.")] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Record a conclusion about a subject. It takes two examiners who agree to identify somebody.

    Conclusions are never changed: a new one, or --undo, supersedes your earlier one.
    """
    kind = _kind(candidate, conclusion, no_match, set_aside, undo)
    here = open_deployment()
    with here.records.database.write() as session:
        user = acting_user(session, here.paths, as_name)
        about = _About.of(subject)
        if kind is None:
            made = _undone(session, about, user)
        else:
            made = _concluded(session, here, about, user, kind, candidate, note)
        document = _document(session, made)
    if as_json:
        print_json(document)
    else:
        say(f"Recorded {document['conclusion']} by {user.name}: {words(document['kind'])}.")
        if document["subject"]:
            say(f"{document['subject']} is {words(document['standing'])}.")
        say(f"{document['referral']} is {words(document['state'])}.")


def _kind(
    candidate: str | None, conclusion: str | None, no_match: bool, set_aside: bool, undo: bool
) -> ConclusionKind | None:
    """The one kind that the options name; None to undo. Raises BadParameter for none, several or half of one."""
    if [candidate is not None or conclusion is not None, no_match, set_aside, undo].count(True) != 1:
        raise typer.BadParameter("give one of: --candidate with --conclusion, --no-match, --set-aside, --undo.")
    if no_match or set_aside:
        return ConclusionKind.NO_MATCH if no_match else ConclusionKind.SET_ASIDE
    if undo:
        return None
    if candidate is None or conclusion not in _ABOUT_A_CANDIDATE:
        raise typer.BadParameter(f"--candidate C goes with --conclusion {'|'.join(_ABOUT_A_CANDIDATE)}.")
    return ConclusionKind(conclusion)


def _concluded(
    session: Session,
    here: Deployment,
    about: _About,
    user: User,
    kind: ConclusionKind,
    candidate: str | None,
    note: str | None,
) -> Conclusion:
    """Claim, conclude and release in one transaction: nobody can come between."""
    seconds = 60 * here.settings.review.lease_minutes
    if about.subject_id is not None:
        desk.claim(session, about.subject_id, user, seconds)
    elif about.referral_id is not None:
        desk.claim_referral(session, about.referral_id, user, seconds)
    made = conclusions.conclude(
        session,
        here.records.vault,
        subject_id=about.subject_id,
        referral_id=about.referral_id,
        kind=kind,
        examiner=Actor.user(user),
        candidate_id=None if candidate is None else ids.parse(candidate, "candidate"),
        note=note,
        rendering=_RENDERING,
    )
    if about.subject_id is not None:
        desk.release(session, about.subject_id, user)
    elif about.referral_id is not None:
        desk.release_referral(session, about.referral_id, user)
    return made


def _undone(session: Session, about: _About, user: User) -> Conclusion:
    """Take back what the user concluded last about this, as far as it is still in force."""
    query = select(Conclusion.id).where(Conclusion.examiner_id == user.id, is_in_force())
    if about.subject_id is not None:
        query = query.where(Conclusion.subject_id == about.subject_id)
    else:
        query = query.where(Conclusion.referral_id == about.referral_id, Conclusion.subject_id.is_(None))
    latest = session.scalar(query.order_by(Conclusion.id.desc()).limit(1))
    if latest is None:
        raise NotFound(f"{user.name} holds no conclusion about {about.name}.", "Only your own can be undone.")
    return conclusions.undo(session, latest, Actor.user(user))


def _document(session: Session, made: Conclusion) -> dict[str, Any]:
    referral = referrals.get_referral(session, made.referral_id)
    standing = None if made.subject_id is None else outcome.standing_of(session, made.subject_id).standing
    return {
        "conclusion": ids.public("conclusion", made.id),
        "kind": made.kind,
        "subject": ids.public_or_none("subject", made.subject_id),
        "standing": standing,
        "referral": ids.public("referral", referral.id),
        "state": referral.state,
        "supersedes": ids.public_or_none("conclusion", made.supersedes_id),
    }
