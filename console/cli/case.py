"""`triage case`: investigations and the referrals that belong to them."""

from typing import Annotated, Any

import typer

from console.cli.finding import find_case
from console.cli.frame import As, Json, examples, group
from console.cli.opening import open_deployment
from console.cli.output import counted, moment_and_age, print_facts, print_json, print_table, say, words
from console.identity import acting, acting_or_setup
from engine.records import ids
from engine.records.intake import cases, referrals
from engine.records.schema import Case, Referral

app = group("Create cases and link referrals to them.")

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="The case's name, or its id such as K3.")]
Referrals = Annotated[list[str], typer.Argument(metavar="REFERRAL...", help="Ids of referrals, such as R12.")]


@app.command(epilog=examples("triage case create 'Operation Amber'"))
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The case's name.")],
    note: Annotated[str | None, typer.Option(help="What the case is about.")] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Open a case."""
    here = open_deployment()
    with here.records.database.write() as session:
        case = cases.create_case(session, name, note, actor=acting_or_setup(session, here.paths, as_name))
    if as_json:
        print_json(_document(case, []))
    else:
        case_id = ids.public("case", case.id)
        say(f"Opened {case_id} {case.name}. Next: triage case link {case_id} R12")


@app.command("list", epilog=examples("triage case list", "triage case list --json"))
def list_(as_json: Json = False) -> None:
    """List the cases with how many referrals each has."""
    here = open_deployment()
    with here.records.database.read() as session:
        found = [(case, cases.referrals_of(session, case.id)) for case in cases.list_cases(session)]
    if as_json:
        print_json([_document(case, linked) for case, linked in found])
        return
    print_table(
        ("id", "name", "referrals", "opened"),
        (
            (ids.public("case", case.id), case.name, len(linked), moment_and_age(case.created_at))
            for case, linked in found
        ),
        empty="No cases yet. Open one: triage case create NAME",
    )


@app.command(epilog=examples("triage case show K3", "triage case show 'Operation Amber' --json"))
def show(name: CaseName, as_json: Json = False) -> None:
    """Show a case and its referrals."""
    here = open_deployment()
    with here.records.database.read() as session:
        case = find_case(session, name)
        linked = cases.referrals_of(session, case.id)
    if as_json:
        print_json(_document(case, linked))
        return
    print_facts(
        {
            "case": f"{ids.public('case', case.id)} {case.name}",
            "opened": moment_and_age(case.created_at),
            "note": case.note,
            "referrals": counted(len(linked), "referral") if linked else "none",
        }
    )
    if linked:
        print_table(
            ("id", "state", "source"),
            ((ids.public("referral", referral.id), words(referral.state), referral.source) for referral in linked),
            empty="",
        )


@app.command(epilog=examples("triage case link K3 R12 R15 --reason 'same uploader'"))
def link(
    name: CaseName,
    referral_ids: Referrals,
    reason: Annotated[str | None, typer.Option(help="Why they belong to the case.")] = None,
    as_name: As = None,
) -> None:
    """Link referrals to a case. A referral may belong to several cases."""
    here = open_deployment()
    with here.records.database.write() as session:
        actor = acting(session, here.paths, as_name)
        case = find_case(session, name)
        for referral_id in referral_ids:
            referral = referrals.get_referral(session, ids.parse(referral_id, "referral"))
            cases.link_case(session, case, referral, actor=actor, reason=reason)
    say(f"Linked {', '.join(referral_ids)} to {case.name}.")


@app.command(epilog=examples("triage case unlink K3 R15"))
def unlink(name: CaseName, referral_ids: Referrals, as_name: As = None) -> None:
    """End the links between referrals and a case. They stay in the ledger as history."""
    here = open_deployment()
    with here.records.database.write() as session:
        actor = acting(session, here.paths, as_name)
        case = find_case(session, name)
        for referral_id in referral_ids:
            referral = referrals.get_referral(session, ids.parse(referral_id, "referral"))
            cases.unlink_case(session, case, referral, actor=actor)
    say(f"No longer linked to {case.name}: {', '.join(referral_ids)}.")


def _document(case: Case, linked: list[Referral]) -> dict[str, Any]:
    return {
        "id": ids.public("case", case.id),
        "name": case.name,
        "note": case.note,
        "opened": case.created_at,
        "referrals": [ids.public("referral", referral.id) for referral in linked],
    }
