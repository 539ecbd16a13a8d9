"""`triage bench`: how fast this machine does Triage's work, next to other ways of doing the same."""

import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from config.settings import load_settings
from console.cli.frame import Json, examples, single
from console.cli.opening import log_to_stderr
from console.cli.output import print_json, print_line, print_table, say
from jobs.bench.parts import PARTS, Conditions, measure
from jobs.bench.rows import Row

app = single()

_ALL = "all"
_STEP = 32
_LIST = "\n\n".join(f"{name}: {part.about}" for name, part in PARTS.items())


@app.command(
    help=f"""Measure how fast this machine works, as ratios to other ways of doing the same in the same run.

Give the parts to measure, or nothing for all of them, which takes some minutes. Nothing that is stored is touched.

{_LIST}
""",
    epilog=examples("triage bench", "triage bench embedder pipeline --json", "triage bench detection --size 640x480"),
)
def bench(
    parts: Annotated[list[str] | None, typer.Argument(metavar="PART...", help="What to measure.")] = None,
    sizes: Annotated[
        list[str],
        typer.Option("--size", metavar="WxH", help="detection: size of the pictures; may be given again."),
    ] = ["640x480", "1280x960"],  # noqa: B006 (typer reads it and never changes it)
    batches: Annotated[
        list[int], typer.Option("--batch", min=1, max=64, help="detection: pictures at once; may be given again.")
    ] = [1, 8],  # noqa: B006 (as above)
    pictures: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Pictures to work on, one sub-folder per person; else sample pictures.",
        ),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="How often each is run; the least time counts.")] = 5,
    as_json: Json = False,
) -> None:
    """Measure the parts that were asked for."""
    names = _named(parts or [_ALL])
    settings = load_settings()
    log_to_stderr(settings)
    conditions = Conditions(
        settings=settings,
        rounds=rounds,
        sizes=tuple(_size(text) for text in sizes),
        batches=tuple(batches),
        pictures=pictures,
        say=say,
    )
    from jobs.bench.machine import machine

    about, rows = machine(), []
    for name in names:
        if sys.stderr.isatty():
            say(f"Measuring: {PARTS[name].about}")
        rows += list(measure(name, conditions))
    if as_json:
        print_json({"machine": about, "rows": [asdict(row) for row in rows]})
        return
    _draw(rows)
    print_line(
        f"Measured on {about['processor']}, {about['cores']} cores, torch {about['torch']}; "
        f"the load at the beginning was {about['load']}. docs/benchmarks.md says what each figure means."
    )


def _draw(rows: Iterable[Row]) -> None:
    print_table(
        ("part", "what", "figure", "unit", "beside", "its figure", "times", "asked for", "reached"),
        (
            (
                row.part,
                row.what,
                _number(row.figure),
                row.unit,
                row.beside,
                _number(row.beside_figure),
                _number(row.ratio),
                row.asked,
                {True: "yes", False: "no", None: ""}[row.reached],
            )
            for row in rows
        ),
        empty="Nothing was measured.",
    )


def _number(value: float | None) -> str:
    """Three digits that count, as people write them: 1,280 or 12.8 or 0.0128."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _named(parts: list[str]) -> list[str]:
    if unknown := [name for name in parts if name not in PARTS and name != _ALL]:
        raise typer.BadParameter(f"There is no part {unknown[0]!r}; the parts are {', '.join(PARTS)} and {_ALL}.")
    return [name for name in PARTS if name in parts or _ALL in parts]


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise typer.BadParameter(f"{text!r} is no size such as 640x480")
    if int(width) % _STEP or int(height) % _STEP:
        raise typer.BadParameter(f"{text}: both sides must be multiples of {_STEP}")
    return int(width), int(height)
