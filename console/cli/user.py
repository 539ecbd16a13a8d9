"""`triage user`: who may act, each known by SSH keys or by one account of the machine."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from console.cli.frame import As, Json, examples, group
from console.cli.opening import open_deployment
from console.cli.output import moment_and_age, print_json, print_table, say
from console.identity import appointing
from engine.records import ids
from engine.records.people import user_keys, users
from engine.records.schema import User, UserKey
from engine.records.words import UserRole

# Longer than the longest public key there is.
_LONGEST_KEY = 20_000

app = group("Add, list and revoke users.")


@app.command(
    epilog=examples(
        "triage user add 'Ada Lund' --role supervisor --account ada",
        "triage user add 'Ib Holm' --role investigator --key ib_ed25519.pub",
    )
)
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The user's name, as others will read it.")],
    role: Annotated[UserRole, typer.Option(help="What the user may do.")],
    account: Annotated[str | None, typer.Option(help="The account of the machine that the user signs in with.")] = None,
    keys: Annotated[
        list[Path] | None, typer.Option("--key", metavar="FILE", help="A public SSH key (- for standard input).")
    ] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Add a user, known by SSH keys or by an account of the machine.

    While there is no supervisor, the owner of the home adds users; later it takes a supervisor.
    """
    given = [_read_key(file) for file in keys or []]
    here = open_deployment()
    with here.records.database.write() as session:
        actor = appointing(session, here.paths, as_name)
        user = users.add_user(session, name, role, account, actor=actor)
        rows = [user_keys.add_key(session, user, key, actor=actor) for key in given]
        no_supervisor = all(known.role is not UserRole.SUPERVISOR for known in users.list_users(session))
    if as_json:
        print_json(_document(user, rows))
        return
    bound = [f"the account {account}"] if account else []
    bound += [f"the key {row.fingerprint}" for row in rows]
    known = " and ".join(bound) or "nothing yet; give a key: triage user add-key NAME FILE.pub"
    say(f"Added {ids.public('user', user.id)} {user.name}, {role.value}, known by {known}.")
    if no_supervisor:
        say("There is no supervisor yet. Next: triage user add NAME --role supervisor --key FILE.pub")


@app.command("add-key", epilog=examples("triage user add-key 'Ib Holm' ib_ed25519.pub"))
def add_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A public SSH key (- for standard input).")],
    as_name: As = None,
) -> None:
    """Let a user sign in over SSH with one more key."""
    key = _read_key(file)
    here = open_deployment()
    with here.records.database.write() as session:
        user = users.user_named(session, name)
        user_keys.add_key(session, user, key, actor=appointing(session, here.paths, as_name))
    say(f"{user.name} can sign in with the key {key.fingerprint}.")


@app.command("revoke-key", epilog=examples("triage user revoke-key SHA256:2EQr0m..."))
def revoke_key(
    fingerprint: Annotated[str, typer.Argument(metavar="FINGERPRINT", help="As `triage user list --keys` shows it.")],
    as_name: As = None,
) -> None:
    """End a key. It opens nothing any more, and consoles that it has opened lock."""
    here = open_deployment()
    with here.records.database.write() as session:
        row = user_keys.key_with(session, fingerprint)
        user_keys.revoke_key(session, row, actor=appointing(session, here.paths, as_name))
    say(f"The key {row.fingerprint} opens nothing any more. A revoked key never comes back.")


@app.command("list", epilog=examples("triage user list", "triage user list --all --json"))
def list_(
    everyone: Annotated[bool, typer.Option("--all", help="Show revoked users too.")] = False,
    with_keys: Annotated[bool, typer.Option("--keys", help="Show each SSH key in place of each user.")] = False,
    as_json: Json = False,
) -> None:
    """List the users of the unit."""
    here = open_deployment()
    with here.records.database.read() as session:
        found = users.list_users(session, revoked=everyone)
        keys = {user.id: user_keys.keys_of(session, user.id) for user in found}
    if as_json:
        print_json([_document(user, keys[user.id]) for user in found])
        return
    if with_keys:
        _print_keys(found, keys)
        return
    print_table(
        ("id", "name", "role", "account", "keys", "added", "revoked"),
        (
            (
                ids.public("user", user.id),
                user.name,
                user.role,
                user.account,
                sum(key.revoked_at is None for key in keys[user.id]) or None,
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


def _read_key(file: Path) -> user_keys.PublicKey:
    text = sys.stdin.read(_LONGEST_KEY) if str(file) == "-" else file.read_text("utf-8", "replace")[:_LONGEST_KEY]
    return user_keys.read_public_key(text)


def _print_keys(found: Sequence[User], keys: Mapping[int, Sequence[UserKey]]) -> None:
    print_table(
        ("user", "key", "comment", "added", "revoked"),
        (
            (user.name, key.fingerprint, key.comment, moment_and_age(key.added_at), moment_and_age(key.revoked_at))
            for user in found
            for key in keys[user.id]
        ),
        empty="No keys yet. Give somebody one: triage user add-key NAME FILE.pub",
    )


def _document(user: User, keys: Sequence[UserKey]) -> dict[str, Any]:
    return {
        "id": ids.public("user", user.id),
        "name": user.name,
        "role": user.role,
        "account": user.account,
        "keys": [
            {"fingerprint": key.fingerprint, "type": key.type, "added": key.added_at, "revoked": key.revoked_at}
            for key in keys
        ],
        "added": user.created_at,
        "revoked": user.revoked_at,
    }
