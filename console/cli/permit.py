"""`triage permit`: the authority to search. Without a permit in force no search runs."""

from datetime import timedelta
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from console.cli.finding import find_case, find_galleries
from console.cli.frame import As, Json, examples, group
from console.cli.opening import open_deployment
from console.cli.output import age, moment_and_age, print_json, print_table, say
from console.identity import acting
from engine.records import ids
from engine.records.people import users
from engine.records.schema import Permit, now
from engine.records.searching import permits
from engine.records.words import Channel, SubjectRole

app = group("Grant, list and revoke the authority to search.")


@app.command(
    epilog=examples(
        "triage permit grant --channel intake --gallery missing --purpose 'identify victims' --basis 'act 12'",
        "triage permit grant --channel desk --purpose 'identify victims' --basis 'act 12' --days 30",
    )
)
def grant(
    channel: Annotated[Channel, typer.Option(help="intake: what workers search by themselves; desk: triage search.")],
    purpose: Annotated[str, typer.Option(metavar="TEXT", help="What the searches are for.")],
    basis: Annotated[str, typer.Option(metavar="TEXT", help="The law or order they rest on.")],
    names: Annotated[
        str | None, typer.Option("--gallery", metavar="G[,G2]", help="The galleries covered; all of them by default.")
    ] = None,
    roles: Annotated[
        list[SubjectRole] | None, typer.Option("--role", help="Subjects covered; unknown and victim by default.")
    ] = None,
    material: Annotated[
        bool, typer.Option(help="Whether the unit's own open and unmatched referrals may be searched for links.")
    ] = True,
    case: Annotated[str | None, typer.Option(metavar="CASE", help="Only searches for this case.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days until the permit expires.")] = 365,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Grant the searches of a channel their authority. That takes a supervisor.

    A gallery created later is not covered: grant again.
    """
    here = open_deployment()
    with here.records.database.write() as session:
        permit = permits.grant(
            session,
            channel=channel,
            purpose=purpose,
            lawful_basis=basis,
            roles=roles or [SubjectRole.UNKNOWN, SubjectRole.VICTIM],
            galleries=[gallery.id for gallery in find_galleries(session, names)],
            material=material,
            approver=acting(session, here.paths, as_name),
            expires_at=now() + timedelta(days=days),
            case_id=find_case(session, case).id if case else None,
        )
        document = _document(session, permit)
    if as_json:
        print_json(document)
        return
    covered = [*document["galleries"], *(["the unit's own referrals"] if permit.material else [])]
    say(f"Granted {document['id']}: {channel.value} searches may go through {', '.join(covered)} for {days} days.")


@app.command("list", epilog=examples("triage permit list", "triage permit list --all --json"))
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Show permits that expired or were revoked too.")] = False,
    as_json: Json = False,
) -> None:
    """List the permits in force, the newest first."""
    here = open_deployment()
    with here.records.database.read() as session:
        found = [_document(session, permit) for permit in permits.list_permits(session)]
    shown = [document for document in found if everything or document["in_force"]]
    if as_json:
        print_json(shown)
        return
    print_table(
        ("id", "channel", "roles", "goes through", "purpose", "expires"),
        (
            (one["id"], one["channel"], ", ".join(one["roles"]), _through(one), one["purpose"], _end(one))
            for one in shown
        ),
        empty="No permit is in force, so nothing can be searched. See: triage permit grant --help",
    )


@app.command(epilog=examples("triage permit revoke A2"))
def revoke(
    permit_id: Annotated[str, typer.Argument(metavar="ID", help="The permit's id, such as A2.")], as_name: As = None
) -> None:
    """End a permit at once. That takes a supervisor; searches made under it stay as history."""
    here = open_deployment()
    with here.records.database.write() as session:
        permit = permits.get_permit(session, ids.parse(permit_id, "permit"))
        permits.revoke(session, permit, actor=acting(session, here.paths, as_name))
    say(f"{permit_id} is no longer in force.")


def _document(session: Session, permit: Permit) -> dict[str, Any]:
    return {
        "id": ids.public("permit", permit.id),
        "channel": permit.channel,
        "purpose": permit.purpose,
        "lawful_basis": permit.lawful_basis,
        "roles": permit.roles,
        "galleries": [gallery.name for gallery in permits.galleries_of(session, permit)],
        "material": permit.material,
        "case": None if permit.case_id is None else ids.public("case", permit.case_id),
        "approved_by": users.get_user(session, permit.approved_by_id).name,
        "granted": permit.granted_at,
        "expires": permit.expires_at,
        "revoked": permit.revoked_at,
        "in_force": permit.revoked_at is None and permit.expires_at > now(),
    }


def _through(document: dict[str, Any]) -> str:
    return ", ".join([*document["galleries"], *(["own referrals"] if document["material"] else [])])


def _end(document: dict[str, Any]) -> str:
    if document["revoked"] is not None:
        return f"revoked {moment_and_age(document['revoked'])}"
    return age(document["expires"]) if document["in_force"] else f"expired {moment_and_age(document['expires'])}"
