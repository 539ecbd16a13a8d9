"""`triage user`: who may act, each bound to one account of the machine."""

from typing import Annotated, Any

import typer

from console.cli.frame import As, Json, examples, group
from console.cli.opening import open_deployment
from console.cli.output import moment_and_age, print_json, print_table, say
from console.identity import appointing
from engine.records import ids
from engine.records.people import users
from engine.records.schema import User
from engine.records.words import UserRole

app = group("Add, list and revoke users.")


@app.command(
    epilog=examples(
        "triage user add 'Ada Lund' --role supervisor --account ada",
        "triage user add 'Ib Holm' --role investigator --account ib",
    )
)
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The user's name, as others will read it.")],
    role: Annotated[UserRole, typer.Option(help="What the user may do.")],
    account: Annotated[str | None, typer.Option(help="The account of the machine that the user signs in with.")] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Add a user and bind it to an account.

    While there is no supervisor, the owner of the home adds users; later it takes a supervisor.
    """
    here = open_deployment()
    with here.records.database.write() as session:
        actor = appointing(session, here.paths, as_name)
        user = users.add_user(session, name, role, account, actor=actor)
        no_supervisor = all(known.role is not UserRole.SUPERVISOR for known in users.list_users(session))
    if as_json:
        print_json(_document(user))
        return
    bound = f"bound to the account {account}" if account else "bound to no account yet"
    say(f"Added {ids.public('user', user.id)} {user.name}, {role.value}, {bound}.")
    if no_supervisor:
        say("There is no supervisor yet. Next: triage user add NAME --role supervisor --account LOGIN")


@app.command("list", epilog=examples("triage user list", "triage user list --all --json"))
def list_(
    everyone: Annotated[bool, typer.Option("--all", help="Show revoked users too.")] = False,
    as_json: Json = False,
) -> None:
    """List the users of the unit."""
    here = open_deployment()
    with here.records.database.read() as session:
        found = users.list_users(session, revoked=everyone)
    if as_json:
        print_json([_document(user) for user in found])
        return
    print_table(
        ("id", "name", "role", "account", "added", "revoked"),
        (
            (
                ids.public("user", user.id),
                user.name,
                user.role,
                user.account,
                moment_and_age(user.created_at),
                moment_and_age(user.revoked_at),
            )
            for user in found
        ),
        empty="No users yet. Add the first: triage user add NAME --role supervisor --account LOGIN",
    )


@app.command(epilog=examples("triage user revoke 'Ib Holm'"))
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")],
    as_name: As = None,
) -> None:
    """End a user's right to act. What the user concluded stands."""
    here = open_deployment()
    with here.records.database.write() as session:
        user = users.user_named(session, name)
        users.revoke(session, user, actor=appointing(session, here.paths, as_name))
    say(f"{user.name} can no longer act. To bring them back, add them again with the same account.")


def _document(user: User) -> dict[str, Any]:
    return {
        "id": ids.public("user", user.id),
        "name": user.name,
        "role": user.role,
        "account": user.account,
        "added": user.created_at,
        "revoked": user.revoked_at,
    }
