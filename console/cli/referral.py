"""`triage referral`: the incoming reports, what was found in each, and taking one out of the work or back in."""

from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any

import typer

from console.cli.export import EXPORT_EXAMPLES, EXPORTS_EXAMPLES, export, exports
from console.cli.face_marks import add_marks, print_marks
from console.cli.frame import As, Json, examples, group
from console.cli.ledger_view import actor_names, event_document, print_events
from console.cli.opening import Deployment, open_bench, open_deployment
from console.cli.output import age, counted, print_json, print_line, print_table, say, words
from console.cli.priority_view import print_priority
from console.cli.referral_view import print_referral
from console.cli.withdrawal_view import print_dependents
from console.identity import acting, viewer
from engine.records import ids
from engine.records.custody import ledger
from engine.records.errors import NotYours
from engine.records.faces.subjects import subjects_of
from engine.records.intake import priority, referral_media, referrals, second_looks, withdrawal
from engine.records.intake.recognised import summaries
from engine.records.review import dependents, documents
from engine.records.schema import Referral
from engine.records.words import ReferralState

app = group("List referrals, show one, put it on hold or withdraw it.")
app.command(epilog=EXPORT_EXAMPLES)(export)
app.command(epilog=EXPORTS_EXAMPLES)(exports)

ReferralId = Annotated[str, typer.Argument(metavar="ID", help="A referral's id, such as R12.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; people will read it.")]

_DONE = {ReferralState.DECIDED, ReferralState.DUPLICATE, ReferralState.WITHDRAWN, ReferralState.ERASED}
# Rows for a person who gave no --limit; --json gives all.
_SHOWN = 50


@app.command(
    "list",
    epilog=examples(
        "triage referral list",
        "triage referral list --state ready",
        "triage referral list --search '203.0.113.5'",
        "triage referral list --all --json",
    ),
)
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Those that are done with, too.")] = False,
    state: Annotated[list[ReferralState] | None, typer.Option(help="Only referrals in this state.")] = None,
    search: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Only referrals whose report, files or facts say each of these words."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="How many at most.")] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """List the referrals that somebody still has to do something about, the most urgent first, then the oldest.

    With --search all are looked through, those that are done with too, and the newest come first.
    """
    here = open_deployment()
    open_states = [known for known in ReferralState if known not in _DONE]
    states = None if everything else state or (None if search else open_states)
    most = limit or (None if as_json else _SHOWN)
    with here.records.database.read() as session:
        if search:
            if not viewer(session, here.settings, as_name).sees_content:
                raise NotYours(
                    "Searching in what reports say is for the roles that may read them.",
                    "See your role with: triage user list",
                )
            found = referrals.search_referrals(session, search, states, None if most is None else most + 1)
        else:
            found = referrals.list_referrals(session, states, None if most is None else most + 1)
        known = summaries(session, [referral.id for referral in found])
    shown = found[:most]
    if len(found) > len(shown):
        say(f"Only the first {most} are shown; --limit shows more.")
    if as_json:
        print_json([_document(referral) | {"known_files": known.get(referral.id)} for referral in shown])
        return
    print_table(
        ("id", "state", "received", "known files", "source", "note"),
        (
            (
                ids.public("referral", one.id),
                words(one.state),
                age(one.received_at),
                known.get(one.id, ""),
                one.source,
                _note(one),
            )
            for one in shown
        ),
        empty=_nothing(search, state),
    )


@app.command(epilog=examples("triage referral show R12", "triage referral show R12 --json"))
def show(referral_id: ReferralId, as_name: As = None, as_json: Json = False) -> None:
    """Show a referral: its media, faces, subjects, candidates and conclusions.

    Texts, names and scores are shown to the roles that may see them.
    """
    here = open_deployment()
    with here.records.database.read() as session:
        who = viewer(session, here.settings, as_name)
        document = documents.show(session, ids.parse(referral_id, "referral"), who)
    add_marks(document)
    if not who.sees_content:
        say("Texts, names and scores are hidden: this account's role, or the lack of one, does not need them.")
    if as_json:
        print_json(document)
    else:
        print_referral(document)
        print_marks(document)


@app.command(epilog=examples("triage referral explain R12", "triage referral explain R12 --json"))
def explain(referral_id: ReferralId, as_json: Json = False) -> None:
    """Tell why a referral stands where it stands, and what happened to it, its media and its subjects, step by step."""
    here = open_deployment()
    with here.records.database.read() as session:
        referral = referrals.get_referral(session, ids.parse(referral_id, "referral"))
        files = {file.media.id for file in referral_media.media_of(session, referral.id)}
        targets = [
            ids.public("referral", referral.id),
            *(ids.public("media", number) for number in sorted(files)),
            *(ids.public("subject", subject.id) for subject in subjects_of(session, referral)),
        ]
        events = [event for target in targets for event in ledger.events(session, target=target)]
        names = actor_names(session)
        order = priority.explain(session, referral)
    events.sort(key=lambda event: event.id)
    if as_json:
        print_json({"priority": asdict(order), "events": [event_document(event) for event in events]})
        return
    print_priority(ids.public("referral", referral.id), order)
    print_events(events, names, empty="")
    if referral.reason:
        print_line("")
        print_line(f"It is {words(referral.state)}: {referral.reason}")


@app.command(epilog=examples("triage referral hold R12 --reason 'waiting for the original files'"))
def hold(referral_id: ReferralId, reason: Reason, as_name: As = None) -> None:
    """Take a referral out of the work until it is resumed."""
    here = open_deployment()
    with here.records.database.write() as session:
        actor = acting(session, here.paths, as_name)
        referral = referrals.get_referral(session, ids.parse(referral_id, "referral"))
        referrals.hold(session, referral, reason, actor=actor)
    say(f"{ids.public('referral', referral.id)} is on hold. Later: triage referral resume {referral_id}")


@app.command(epilog=examples("triage referral resume R12"))
def resume(referral_id: ReferralId, as_name: As = None) -> None:
    """Put a referral on hold back into the work."""
    here = open_deployment()
    with here.records.database.write() as session:
        actor = acting(session, here.paths, as_name)
        referral = referrals.get_referral(session, ids.parse(referral_id, "referral"))
        resumed = referrals.resume(session, referral, actor=actor)
    _hand_over(here, resumed.id)
    say(f"{ids.public('referral', resumed.id)} is back in the work.")


@app.command("look-again", epilog=examples("triage referral look-again R12"))
def look_again(referral_id: ReferralId, as_name: As = None) -> None:
    """Have the pictures of a referral looked at once more, thoroughly, because a face may have been missed.

    Every pass is made over every picture, small ones enlarged: 2 to 40 times the work of the first look. What was found
    and concluded stands; faces that are new are searched. Videos are not watched again.
    """
    here = open_deployment()
    with here.records.database.write() as session:
        actor = acting(session, here.paths, as_name)
        referral = referrals.get_referral(session, ids.parse(referral_id, "referral"))
        pictures = second_looks.look_again(session, referral, actor=actor)
    _hand_over(here, referral.id)
    say(f"{ids.public('referral', referral.id)}: {counted(len(pictures), 'picture')} looked at again.")


@app.command(epilog=examples("triage referral withdraw R12 --reason 'sent in error'"))
def withdraw(referral_id: ReferralId, reason: Reason, as_name: As = None, as_json: Json = False) -> None:
    """Take a referral out of the work for good, because its sender or the unit says so, and list what rests on it.

    No search looks for anybody in it any more. What was concluded stands. A duplicate without a report number may be
    another sender's: it takes the place.
    """
    here = open_deployment()
    with here.records.database.write() as session:
        actor = acting(session, here.paths, as_name)
        referral = referrals.get_referral(session, ids.parse(referral_id, "referral"))
        heirs = [one.id for one in withdrawal.withdraw(session, referral, reason, actor=actor)]
        found = dependents.dependents(session, referral.id)
    _drop(here, referral.id)
    if heirs:
        _hand_over(here, *heirs)
    name, heirs_named = ids.public("referral", referral.id), [ids.public("referral", number) for number in heirs]
    if as_json:
        print_json({"id": name, "state": referral.state, "in_its_place": heirs_named, "dependents": found})
        return
    say(f"{name} is withdrawn. What was concluded about it stands.")
    for one in heirs_named:
        say(f"{one}, the same content without a number, is worked on in its place.")
    print_dependents(name, found)


@app.command("dependents", epilog=examples("triage referral dependents R12", "triage referral dependents R12 --json"))
def show_dependents(referral_id: ReferralId, as_json: Json = False) -> None:
    """List what rests on a referral: conclusions, identifications, links, enrolled faces, exports."""
    here = open_deployment()
    with here.records.database.read() as session:
        referral = referrals.get_referral(session, ids.parse(referral_id, "referral"))
        found = dependents.dependents(session, referral.id)
    if as_json:
        print_json(found)
    else:
        print_dependents(ids.public("referral", referral.id), found)


def _drop(here: Deployment, referral_id: int) -> None:
    """Take its jobs out of the queue; where Redis is down, workers see that there is nothing to do."""
    from redis.exceptions import RedisError

    from jobs.connection import connect
    from jobs.errors import RedisDown
    from jobs.withdrawing import drop_waiting

    with suppress(RedisDown, RedisError):
        drop_waiting(here.records, connect(here.settings, here.paths), referral_id)


def _hand_over(here: Deployment, *referral_ids: int) -> None:
    from jobs.enqueue import hand_over

    for warning in hand_over(open_bench(here), referral_ids, say):
        say(f"Warning: {warning}")


def _document(referral: Referral) -> dict[str, Any]:
    return {
        "id": ids.public("referral", referral.id),
        "state": referral.state,
        "since": referral.state_since,
        "source": referral.source,
        "report_number": referral.report_number,
        "version": referral.version,
        "received": referral.received_at,
        "ready": referral.ready_at,
        "lane": referral.lane,
        "priority": referral.priority,
        "batch": ids.public("batch", referral.batch_id),
        "duplicate_of": _duplicate_of(referral),
        "reason": referral.reason,
    }


def _nothing(search: str | None, state: list[ReferralState] | None) -> str:
    if search:
        return "No referral says that."
    return "No referral is in that state." if state else "No referral waits. Put some in: triage enqueue PATH"


def _duplicate_of(referral: Referral) -> str | None:
    return None if referral.duplicate_of_id is None else ids.public("referral", referral.duplicate_of_id)


def _note(referral: Referral) -> str:
    if referral.duplicate_of_id is not None:
        return f"duplicate of {_duplicate_of(referral)}"
    return referral.reason or ""
