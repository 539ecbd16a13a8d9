"""`triage referral export` and `triage referral exports`: handing a referral out, and to whom one was handed."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from console.cli.frame import As, Json, examples
from console.cli.opening import open_deployment
from console.cli.output import moment, print_json, print_table, say
from console.cli.progress import progress_on_stderr
from console.identity import viewer
from engine.records import ids
from engine.records.errors import NotYours
from engine.records.intake.referrals import get_referral
from engine.records.review.exports import Handing, exports_of
from engine.records.schema import Export, User

EXPORT_EXAMPLES = examples(
    "triage referral export R12 --to r12.zip --recipient 'Prosecutor, Odense' --reason 'request 4711'",
    "triage referral export R12 --to r12.zip --recipient 'NCMEC' --reason 'identified' --with-media",
    "ssh triage@unit \"referral export R12 --to - --recipient 'Prosecutor' --reason 'request 4711'\" > r12.zip",
)
EXPORTS_EXAMPLES = examples("triage referral exports R12", "triage referral exports R12 --json")

ReferralId = Annotated[str, typer.Argument(metavar="ID", help="A referral's id, such as R12.")]


def export(
    referral_id: ReferralId,
    to: Annotated[str, typer.Option("--to", metavar="FILE.zip|-", help="The archive; - is standard output.")],
    recipient: Annotated[str, typer.Option(metavar="TEXT", help="Who gets it; without one nothing leaves.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why they get it; without one nothing leaves.")] = "",
    with_media: Annotated[
        bool, typer.Option("--with-media", help="The pictures and videos themselves, too; else only crops of faces.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file where it is there already.")] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Hand a referral out as a ZIP, for somebody and for a reason, which are recorded.

    It holds the original report as it came, a readable report (HTML and PDF) with the conclusions of both examiners and
    their exhibits, VICS, CASE/UCO, and the hashes of everything. Supervisors may; investigators where
    export.investigators says so. What the exporter may not see is not in it.
    """
    from console.exporting import export_to_file, export_to_stream

    handing = Handing(recipient, reason, with_media)
    number = ids.parse(referral_id, "referral")
    _check_target(to, as_json)
    here = open_deployment()
    with progress_on_stderr("Writing") as advance:
        if to == "-":
            made = export_to_stream(here, number, handing, as_name, sys.stdout.buffer, advance)
        else:
            made = export_to_file(here, number, handing, as_name, Path(to), force, advance)
    name = ids.public("export", made.export.id)
    if as_json:
        print_json({**_document(made.export), "to": to, "entries": len(made.written.entries) + 2})
        return
    what = f"{ids.public('referral', number)} for {made.export.recipient}"
    where = "standard output" if to == "-" else to
    say(f"{name}: {what} is in {where} ({made.export.size:,} bytes).")
    say(f"SHA-256 {made.export.sha256}")


def exports(referral_id: ReferralId, as_name: As = None, as_json: Json = False) -> None:
    """List to whom a referral was handed out, when, why and by whom."""
    here = open_deployment()
    with here.records.database.read() as session:
        if not viewer(session, here.settings, as_name).sees_content:
            raise NotYours(
                "To whom a referral went is for the roles that may read it.", "See your role with: triage user list"
            )
        number = get_referral(session, ids.parse(referral_id, "referral")).id
        found = exports_of(session, number)
    if as_json:
        print_json([{**_document(one), "exported_by": user.name} for one, user in found])
        return
    print_table(
        ("export", "for", "at", "by", "reason", "files", "SHA-256"),
        (_row(one, user) for one, user in found),
        empty="It was not handed out.",
    )


def _check_target(to: str, as_json: bool) -> None:
    if to != "-" and not to.lower().endswith(".zip"):
        raise typer.BadParameter("it should be - or end in .zip", param_hint="'--to'")
    if to != "-" and not Path(to).absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {Path(to).absolute().parent}", param_hint="'--to'")
    if to == "-" and as_json:
        raise typer.BadParameter("--json needs standard output for itself; give --to a file", param_hint="'--json'")
    if to == "-" and sys.stdout.isatty():
        raise typer.BadParameter(
            "standard output is a terminal; send it on: ... --to - > r12.zip, over SSH without -t", param_hint="'--to'"
        )


def _row(export: Export, user: User) -> tuple[object, ...]:
    return (
        ids.public("export", export.id),
        export.recipient,
        moment(export.exported_at),
        user.name,
        export.reason,
        "included" if export.with_media else "left out",
        export.sha256,
    )


def _document(export: Export) -> dict[str, Any]:
    return {
        "id": ids.public("export", export.id),
        "referral": ids.public("referral", export.referral_id),
        "recipient": export.recipient,
        "reason": export.reason,
        "with_media": export.with_media,
        "exported_at": export.exported_at,
        "size": export.size,
        "sha256": export.sha256,
    }
