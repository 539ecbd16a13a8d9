"""`triage subject`: the people of a referral, as examiners correct what the machine grouped."""

from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from console.cli.frame import As, Json, examples, group
from console.cli.opening import Deployment, open_bench, open_deployment
from console.cli.output import print_json, say
from console.cli.referral_view import print_subject
from console.identity import acting, viewer
from engine.records import ids
from engine.records.errors import NotFound
from engine.records.faces.subjects import get_subject
from engine.records.review import documents, reshaping
from engine.records.schema import Subject
from engine.records.words import SubjectRole

app = group("Show a subject of a referral; split, merge, or say what role it has.")

SubjectId = Annotated[str, typer.Argument(metavar="ID", help="A subject's id, such as S12.")]


@app.command(epilog=examples("triage subject show S12", "triage subject show S12 --json"))
def show(subject_id: SubjectId, as_name: As = None, as_json: Json = False) -> None:
    """Show a subject: its faces, role, standing, candidates, and whether its list is current."""
    here = open_deployment()
    with here.records.database.read() as session:
        subject = _subject(session, subject_id)
        who = viewer(session, here.settings, as_name)
        document = documents.show(session, subject.referral_id, who)
    found = next((one for one in document["subjects"] if one["id"] == ids.public("subject", subject.id)), None)
    if found is None:
        into = ids.public("subject", subject.merged_into_id or 0)
        raise NotFound(f"{subject_id} was merged into {into}.", f"Type: triage subject show {into}")
    found |= {"referral": document["id"]}
    if as_json:
        print_json(found)
    else:
        print_subject(found, document["scores_hidden"])


@app.command(epilog=examples("triage subject split S12 F40 F41", "triage subject split S12 F40 --json"))
def split(
    subject_id: SubjectId,
    faces: Annotated[list[str], typer.Argument(metavar="FACE...", help="Faces of it that are somebody else.")],
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Make some faces of a subject a subject of their own; both are searched again.

    No later run of the machine changes either of them.
    """
    here = open_deployment()
    with here.records.database.write() as session:
        actor = acting(session, here.paths, as_name)
        face_ids = {ids.parse(face, "face") for face in faces}
        new = reshaping.split(session, _subject(session, subject_id), face_ids, actor=actor)
    say(f"{', '.join(faces)} of {subject_id} are {ids.public('subject', new.id)} now.")
    _search_again(here, new)
    _print(here, new, as_json)


@app.command(epilog=examples("triage subject merge S13 S12"))
def merge(
    subject_id: SubjectId,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The subject of the same referral that it is.")],
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Give a subject's faces to another subject of the referral, which is searched again.

    No later run of the machine changes it.
    """
    here = open_deployment()
    with here.records.database.write() as session:
        actor = acting(session, here.paths, as_name)
        whole = reshaping.merge(session, _subject(session, subject_id), _subject(session, into), actor=actor)
    say(f"{subject_id} is {ids.public('subject', whole.id)} now.")
    _search_again(here, whole)
    _print(here, whole, as_json)


@app.command(epilog=examples("triage subject role S12 victim"))
def role(
    subject_id: SubjectId,
    word: Annotated[SubjectRole, typer.Argument(metavar="ROLE", help="unknown, victim, suspect or bystander.")],
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Say what a subject is in the report. It is searched again, as far as permits cover the role."""
    here = open_deployment()
    with here.records.database.write() as session:
        actor = acting(session, here.paths, as_name)
        subject = _subject(session, subject_id)
        reshaping.set_role(session, subject, word, actor=actor)
    say(f"{subject_id} is {word.value} now.")
    _search_again(here, subject)
    _print(here, subject, as_json)


def _subject(session: Session, subject_id: str) -> Subject:
    return get_subject(session, ids.parse(subject_id, "subject"))


def _search_again(here: Deployment, subject: Subject) -> None:
    from jobs.searching_again import see_to_it

    see_to_it(open_bench(here), [subject.referral_id], say)


def _print(here: Deployment, subject: Subject, as_json: bool) -> None:
    with here.records.database.read() as session:
        subject = get_subject(session, subject.id)
    document: dict[str, Any] = {
        "subject": ids.public("subject", subject.id),
        "referral": ids.public("referral", subject.referral_id),
        "role": subject.role,
        "outdated": subject.outdated,
        "not_searched": subject.not_searched,
    }
    if as_json:
        print_json(document)
    elif subject.not_searched is not None:
        say(f"It is not searched any more. {subject.not_searched}")
