"""`triage bench`: how fast this machine does Triage's work, next to plain ways of doing the same."""

from dataclasses import asdict
from typing import Annotated

import typer

from config.models import load_manifest
from console.cli.frame import Json, examples, single
from console.cli.output import print_json, print_line, print_table
from engine.vision.weights import locate

app = single()

_STEP = 32


@app.command(epilog=examples("triage bench", "triage bench --size 640x480 --batch 1 --json"))
def bench(
    sizes: Annotated[
        list[str],
        typer.Option("--size", metavar="WxH", help="Size of the pictures; may be given again."),
    ] = ["640x480", "1280x960"],  # noqa: B006 (typer reads it and never changes it)
    batches: Annotated[
        list[int], typer.Option("--batch", min=1, max=64, help="Pictures at once; may be given again.")
    ] = [1, 8],  # noqa: B006 (as above)
    rounds: Annotated[int, typer.Option(min=1, max=100, help="How often each is run; the least time counts.")] = 5,
    as_json: Json = False,
) -> None:
    """Measure how fast faces are found, in processor time of one thread.

    Takes some minutes with what is set; the sizes and the batches can be chosen.
    """
    from jobs.bench.detection import measure_detection

    weights = locate(load_manifest().detector)
    rows = measure_detection(weights, [_size(text) for text in sizes], batches, rounds)
    if as_json:
        print_json({"detection": [asdict(row) for row in rows]})
        return
    print_line("The detection network alone, one thread, processor time:")
    print_table(
        ("network", "picture", "at once", "ms per picture", "times plain", "share of peak"),
        (
            (
                row.name,
                f"{row.width} x {row.height}",
                row.batch,
                round(row.cpu_ms, 1),
                round(row.ratio_to_plain, 2),
                f"{row.share_of_peak:.0%}",
            )
            for row in rows
        ),
        empty="",
    )
    print_line("Peak: what this machine reached multiplying matrices in the same run.")


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise typer.BadParameter(f"{text!r} is no size such as 640x480")
    if int(width) % _STEP or int(height) % _STEP:
        raise typer.BadParameter(f"{text}: both sides must be multiples of {_STEP}")
    return int(width), int(height)
