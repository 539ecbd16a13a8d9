"""`triage detect`: the faces in picture files, without storing anything."""

from pathlib import Path
from typing import Annotated, Any

import typer

from console.cli.exits import Exit
from console.cli.frame import Json, examples, single
from console.cli.opening import open_bench, open_deployment
from console.cli.output import print_json, print_line, print_table

app = single()


@app.command(epilog=examples("triage detect photo.jpg", "triage detect *.jpg --json"))
def detect(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Picture files.")],
    as_json: Json = False,
) -> None:
    """Find the faces in pictures. Nothing is stored and nothing is searched.

    Ends with 1 where a file is no picture that can be read.
    """
    from jobs.look import detect_files

    found = detect_files(open_bench(open_deployment()), images)
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
        ("face", "score", "box", "pixels between the eyes", "turned"),
        (
            (
                number,
                f"{face['score']:.3f}",
                " ".join(f"{value:.0f}" for value in face["box"]),
                f"{face['quality']['eye_distance']:.0f}",
                f"{face['quality']['yaw']:+.0f} deg",
            )
            for number, face in enumerate(picture["faces"], start=1)
        ),
        empty="No face found; look at the picture yourself.",
    )
