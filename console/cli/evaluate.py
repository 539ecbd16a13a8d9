"""`triage evaluate`: how well the models do on pictures whose people are known."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from console.cli.evaluation_file import checked_report, write_report
from console.cli.frame import Json, examples, group
from console.cli.opening import open_bench, open_deployment
from console.cli.output import counted, print_facts, print_json, print_line, print_table, say
from console.cli.progress import progress_on_stderr
from engine.formats.text import printable

app = group("Measure the models on your own labelled pictures.")

Table = Annotated[Path, typer.Argument(metavar="CSV", help="The labelled pictures; see above.")]
Root = Annotated[Path, typer.Option(metavar="DIR", help="The folder that the paths in the CSV start from.")]
Model = Annotated[
    str | None, typer.Option(metavar="NAME", help="An imported model to measure; by default the one at work.")
]
Report = Annotated[
    Path | None, typer.Option(metavar="FILE.html", help="Write a page with all figures and charts; needs nothing else.")
]
Pictures = Annotated[
    bool,
    typer.Option("--pictures", help="Show the worst errors in the report as crops of the faces, not by name only."),
]

# Pictures without a usable face that are named on the screen; --json names all.
_NAMED = 10


@app.command(
    epilog=examples(
        "triage evaluate pairs pairs.csv --root ~/pictures --report pairs.html",
        "head -1 pairs.csv   # a,b,same,age band   (any columns after the first three divide the figures)",
    )
)
def pairs(
    table: Table,
    root: Root = Path(),
    threshold: Annotated[
        float | None, typer.Option(help="Pairs that score above it are called the same; the model's own by default.")
    ] = None,
    model: Model = None,
    report: Report = None,
    pictures: Pictures = False,
    as_json: Json = False,
) -> None:
    """Compare pairs of pictures. The CSV has the columns a, b (paths) and same (1 or 0).

    A picture without a usable face counts as a miss where it should have matched.
    """
    from jobs.evaluation import evaluate_pairs

    report = checked_report(report, pictures)
    bench = open_bench(open_deployment(), model=model)
    with progress_on_stderr("Looking at pictures") as advance:
        evaluation = evaluate_pairs(bench, table, root, threshold=threshold, progress=advance)
    if report is not None:
        from console.evaluation.page import pairs_page

        write_report(report, pairs_page, evaluation, bench, root, command=_command(), pictures=pictures)
    document = evaluation.document()
    if as_json:
        print_json(document)
        return
    print_facts(
        {
            "model": f"{document['model']}, space {document['space']}",
            "pairs": f"{document['same']} of one person, {document['different']} of two",
            "accuracy": _accuracy(document["set_threshold"], "set before"),
            "best accuracy": _accuracy(document["best"], "best for these very pairs, so it flatters"),
            "AUC": _number(document["auc"]),
            "EER": _percent(document["eer"]) + _interval(document["eer_interval"]),
        }
    )
    print_line("")
    print_table(
        ("FAR", "TAR", "threshold"),
        ((_rate(one), _percent(one["share"]), _number(one["threshold"])) for one in document["tar_at_far"]),
        empty="",
    )
    _print_end(document, report)


@app.command(
    epilog=examples(
        "triage evaluate identify people.csv --root ~/pictures --report people.html",
        "head -1 people.csv   # file,identity,age band   (any columns after the first two divide the figures)",
    )
)
def identify(
    table: Table,
    root: Root = Path(),
    model: Model = None,
    report: Report = None,
    pictures: Pictures = False,
    as_json: Json = False,
) -> None:
    """Search with each picture among all the others. The CSV has the columns file (a path) and identity.

    People with one picture are searches without a mate; a picture without a usable face is a miss.
    """
    from jobs.evaluation import evaluate_identify

    report = checked_report(report, pictures)
    bench = open_bench(open_deployment(), model=model)
    with progress_on_stderr("Looking at pictures") as advance:
        evaluation = evaluate_identify(bench, table, root, progress=advance)
    if report is not None:
        from console.evaluation.page import identify_page

        write_report(report, identify_page, evaluation, bench, root, command=_command(), pictures=pictures)
    document = evaluation.document()
    if as_json:
        print_json(document)
        return
    print_facts(
        {
            "model": f"{document['model']}, space {document['space']}",
            "pictures": f"{document['pictures']} of {counted(document['people'], 'person', 'people')}",
            "searches": f"{document['mated']} with a mate, {document['non_mated']} without",
            **{
                f"rank {rank}": _percent(share) + _interval(document["cmc"][int(rank) - 1])
                for rank, share in document["ranks"].items()
            },
        }
    )
    print_line("")
    print_table(
        ("FPIR", "rank", "FNIR", "95 %", "threshold"),
        (_open_set_row(one) for one in document["open_set"]),
        empty="",
    )
    _print_end(document, report)


@app.command(
    epilog=examples(
        "triage evaluate grouping people.csv --root ~/pictures",
        "head -1 people.csv   # file,identity,referral   (pictures of one referral came together; else all did)",
    )
)
def grouping(
    table: Table,
    root: Root = Path(),
    threshold: Annotated[
        float | None, typer.Option(help="Faces this alike on average are one person; that at work by default.")
    ] = None,
    model: Model = None,
    as_json: Json = False,
) -> None:
    """Group the pictures into people as referrals are grouped. The CSV has the columns file (a path) and identity.

    What matters most is that nobody is merged with somebody else: a merged child is hidden, a split one is seen twice.
    """
    from jobs.evaluation import evaluate_grouping

    bench = open_bench(open_deployment(), model=model)
    with progress_on_stderr("Looking at pictures") as advance:
        document = evaluate_grouping(bench, table, root, threshold=threshold, progress=advance)
    if as_json:
        print_json(document)
        return
    found = document["at_threshold"]
    print_facts(
        {
            "model": f"{document['model']}, space {document['space']}",
            "pictures": f"{document['pictures']} of {counted(found['people'], 'person', 'people')} in "
            f"{counted(document['referrals'], 'referral')}",
            "pairwise F1": f"{_percent(found['f1'])} at the threshold {_number(found['threshold'])}",
            "wrongly merged": f"{found['merged']} of {counted(found['subjects'], 'subject')}, which hides "
            f"{counted(found['hidden'], 'face')}",
            "split": f"{found['split']} of {counted(found['people'], 'person', 'people')}",
            "left alone": f"{counted(found['alone'], 'face')} too small or too blurred to be grouped",
        }
    )
    print_line("")
    print_table(
        ("threshold", "F1", "precision", "recall", "subjects", "merged", "split"),
        (_grouping_row(one) for one in document["by_threshold"]),
        empty="",
    )
    _print_end(document, None)


def _grouping_row(one: dict[str, Any]) -> list[object]:
    shares = [_percent(one[name]) for name in ("f1", "precision", "recall")]
    return [_number(one["threshold"]), *shares, one["subjects"], one["merged"], one["split"]]


@app.command(
    epilog=examples(
        "triage evaluate robustness people.csv --root ~/pictures",
        "head -1 people.csv   # file,identity   (as for identify)",
    )
)
def robustness(
    table: Table,
    root: Root = Path(),
    model: Model = None,
    thorough: Annotated[bool, typer.Option("--thorough", help="Look for the faces with every pass.")] = False,
    as_json: Json = False,
) -> None:
    """Make one picture of each person hard to work with and see whether the person is still found.

    Dark, blurred, turned, tiny in a large frame ...: the second picture of each person searches among the first ones of
    all. The CSV has the columns file (a path) and identity. Takes about half an hour for 27 people; --thorough, hours.
    """
    from jobs.robustness import evaluate_robustness

    bench = open_bench(open_deployment(), model=model)
    with progress_on_stderr("Making pictures hard") as advance:
        found = evaluate_robustness(bench, table, root, thorough=thorough, progress=advance)
    if as_json:
        print_json(found.document())
        return
    print_line(f"{counted(found.people, 'person', 'people')}, looked for with {found.effort} effort")
    print_line("")
    print_table(
        ("the picture", "probes", "face found", "rank 1", "further faces", "seconds"),
        ((one.hardship, one.probes, one.found, one.rank_1, one.further, f"{one.seconds:.2f}") for one in found.endured),
        empty="",
    )
    for file in found.left_out:
        say(f"Left out, because no face was found in it as it is: {file}")
    say("These figures hold for pictures like these. Nothing here says how the models do on children.")


def _open_set_row(one: dict[str, Any]) -> tuple[str, str, str, str, str]:
    fnir = one["fnir"] or {"share": None}
    rate = _rate({"rate": one["fpir"], "allowed": one["allowed"]})
    return (
        rate,
        str(one["rank"]),
        _percent(fnir["share"]),
        _interval(one["fnir"]).strip(" ()"),
        _number(one["threshold"]),
    )


def _print_end(document: dict[str, Any], report: Path | None) -> None:
    failures = document["failures"]
    if failures:
        print_line("")
        print_line(f"{counted(len(failures), 'picture')} without a usable face:")
        print_table(("file", "why"), ((one["file"], one["reason"]) for one in failures[:_NAMED]), empty="")
        if len(failures) > _NAMED:
            print_line(f"and {len(failures) - _NAMED} more: --json names all")
    say("These figures hold for pictures like these. Nothing here says how the models do on children.")
    if report is not None:
        say(f"The report: {report}")


def _command() -> str:
    """What was typed, so that a report can be made again."""
    return printable(shlex.join(["triage", *sys.argv[1:]]))


def _accuracy(found: dict[str, Any] | None, how: str) -> str:
    return "no pairs" if found is None else f"{_percent(found['share'])} at {_number(found['threshold'])} ({how})"


def _rate(one: dict[str, Any]) -> str:
    """The rate asked for, and when the data are too few to show it."""
    return f"{one['rate']:g}" + ("" if one["allowed"] else " (too few strangers to show it)")


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{100 * share:.2f} %"


def _interval(estimate: dict[str, Any] | None) -> str:
    return "" if estimate is None else f" ({100 * estimate['low']:.2f} to {100 * estimate['high']:.2f} %)"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"
