"""`triage detect`: the faces in picture files, without storing anything."""

from pathlib import Path
from typing import Annotated, Any

import typer

from console.cli.exits import Exit
from console.cli.frame import Json, examples, single
from console.cli.opening import open_bench, open_deployment
from console.cli.output import print_json, print_line, print_table

app = single()


@app.command(epilog=examples("triage detect photo.jpg --thorough", "triage detect *.jpg --json"))
def detect(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Picture files.")],
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Make every pass over every picture; takes 2 to 40 times as long.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Find the faces in pictures. Nothing is stored and nothing is searched.

    Where nothing is found, further passes are made by themselves: with a border, turned, enlarged, in tiles. A thorough
    look makes all of them, and enlarges what is small, wherever faces were found already too.

    Ends with 1 where a file is no picture that can be read.
    """
    from jobs.look import detect_files

    found = detect_files(open_bench(open_deployment()), images, thorough=thorough)
    if as_json:
        print_json(found)
    else:
        for picture in found:
            _print(picture)
    if any("error" in picture for picture in found):
        raise typer.Exit(Exit.FAILURES)


def _print(picture: dict[str, Any]) -> None:
    if "error" in picture:
        print_line(f"{picture['path']}: {picture['error']}")
        return
    print_line(f"{picture['path']} ({picture['width']} x {picture['height']})")
    print_table(
        ("face", "score", "box", "pixels between the eyes", "turned", "below what the model can do"),
        (
            (
                number,
                f"{face['score']:.3f}",
                " ".join(f"{value:.0f}" for value in face["box"]),
                f"{face['quality']['eye_distance']:.0f}",
                f"{face['quality']['yaw']:+.0f} deg",
                ", ".join(mark["name"] for mark in face["marks"]),
            )
            for number, face in enumerate(picture["faces"], start=1)
        ),
        empty=f"No face found (tried: {', '.join(picture['passes'])}); look at the picture yourself.",
    )
