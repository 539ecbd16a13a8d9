"""`triage search`: one face of a picture against galleries, at the desk, under a permit."""

from pathlib import Path
from typing import Annotated, Any

import typer

from console.cli.finding import find_case
from console.cli.frame import As, Json, examples, single
from console.cli.opening import open_bench, open_deployment
from console.cli.output import print_json, print_line, print_table, say
from console.identity import acting, viewer

app = single()

# A person at this screen wants the best; --json has the whole list.
_SHOWN = 20


@app.command(
    epilog=examples(
        "triage search face.jpg --purpose 'tip 4711: is this a known victim?'",
        "triage search face.jpg --gallery missing,known --case K3 --purpose 'tip 4711' --top 20 --json",
    )
)
def search(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="A picture file. It is not stored.")],
    purpose: Annotated[str, typer.Option(metavar="TEXT", help="Why you search; it is recorded with the search.")],
    galleries: Annotated[
        str | None,
        typer.Option("--gallery", metavar="G[,G2]", help="Only these; all that your permit covers by default."),
    ] = None,
    case: Annotated[str | None, typer.Option(metavar="CASE", help="The case it is for: K3 or its name.")] = None,
    top: Annotated[
        int | None, typer.Option(min=1, max=1000, help="How many candidates; search.top by default.")
    ] = None,
    face: Annotated[
        int | None, typer.Option(min=1, help="Which face, as `triage detect` numbers them; the largest by default.")
    ] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Search galleries for the person in a picture.

    It takes a permit for the desk. Who searched, why, and what was scanned is recorded. A candidate is a person who
    looks alike, not an identification; no candidate does not mean that the person is not there.
    """
    from jobs.desk import Question, search_picture

    here = open_deployment()
    with here.records.database.read() as session:
        actor = acting(session, here.paths, as_name)
        who = viewer(session, here.settings, as_name)
        case_name = find_case(session, case).name if case else None
    names = tuple(name.strip() for name in (galleries or "").split(",") if name.strip())
    question = Question(purpose, names, case_name, top, face)
    answer = search_picture(open_bench(here), image, question, actor=actor)
    if as_json:
        print_json(answer)
    else:
        _print(answer, with_scores=who.sees_scores)


def _print(answer: dict[str, Any], *, with_scores: bool) -> None:
    how = "exactly" if answer["exact"] else "approximately"
    print_line(f"{answer['search']}: {answer['scanned']:,} of {answer['eligible']:,} faces scanned {how}.")
    if answer["faces_in_picture"] > 1:
        say(f"The picture shows {answer['faces_in_picture']} faces; choose another one with --face.")
    shown = answer["candidates"][:_SHOWN]
    columns = ("", "person", "in", *(("score", "how rare") if with_scores else ()), "cautions")
    print_table(columns, (_row(one, with_scores) for one in shown), empty="There is nobody to propose.")
    print_line(answer["model_caution"])
    if more := len(answer["candidates"]) - len(shown):
        print_line(f"and {more} more: --json has them all")


def _row(candidate: dict[str, Any], with_scores: bool) -> list[object]:
    known = candidate["reference"] is not None
    who = f"{candidate['reference']} {candidate['person']}" if known else candidate["subject"]
    numbers = [f"{candidate['score']:.3f}", candidate["rarity"]] if with_scores else []
    where = candidate["gallery"] if known else candidate["referral"]
    return [candidate["rank"], who, where, *numbers, ", ".join(candidate["cautions"])]
