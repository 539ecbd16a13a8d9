"""`triage ssh`: how people sign in over SSH; what sshd is told, and what it starts."""

from typing import Annotated

import typer

from config.connection import asked_over_ssh, settings_file_named
from console.cli.frame import examples, group
from console.cli.opening import open_deployment
from console.cli.output import say

app = group("Sign-in over SSH: one Unix account, each person known by a key.")


@app.command(epilog=examples("triage ssh install --print", "triage ssh install --print --account triage"))
def install(
    show: Annotated[bool, typer.Option("--print", help="Write the part of sshd_config to standard output.")] = False,
    account: Annotated[str | None, typer.Option(help="The account that all users sign in to; unset, this one.")] = None,
) -> None:
    """Print the part of sshd_config that binds keys to users. Nothing is changed: an administrator puts it there."""
    if not show:
        raise typer.BadParameter("only --print is there: an administrator puts what it writes into sshd_config.")
    from console.identity import signed_in_account
    from console.ssh.sshd_lines import installed_program, sshd_part

    here = open_deployment()
    typer.echo(
        sshd_part(account or signed_in_account(), installed_program(here.paths.home, settings_file_named())), nl=False
    )
    say("Next, for each person: triage user add NAME --role ROLE --key FILE.pub")


@app.command("authorized-keys", epilog=examples("triage ssh authorized-keys ssh-ed25519 AAAAC3Nza..."))
def authorized_keys(
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="The type of the key, sshd's %t.")],
    blob: Annotated[str, typer.Argument(metavar="KEY", help="The key in base64, sshd's %k.")],
) -> None:
    """Print the line that lets a key in, for sshd; nothing for a key that may not."""
    from console.ssh.sshd_lines import installed_program, key_line
    from engine.records.errors import BadKey, NotYours
    from engine.records.people import user_keys

    here = open_deployment()
    with here.records.database.read() as session:
        try:
            row = user_keys.find_key(session, user_keys.read_public_key(f"{kind} {blob}"))
            if row is None:
                return
            user_keys.holder_of(session, row.id)
        except (BadKey, NotYours):
            return
    typer.echo(key_line(row, installed_program(here.paths.home, settings_file_named())))


@app.command(hidden=True, epilog=examples("triage ssh session 3"))
def session(
    key: Annotated[int, typer.Argument(metavar="NUMBER", help="The key that opened it.")],
) -> None:
    """Run what a connection asked for, as far as the key's user may. sshd starts this, nobody else."""
    from console.ssh.session import run_session

    run_session(open_deployment(), key, asked_over_ssh())
