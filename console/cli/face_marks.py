"""The faces of a referral that lie below what the model can do, and why, for `triage referral show`."""

from dataclasses import asdict
from typing import Any

from console.cli.output import print_line, print_table
from engine.vision.marks import marks


def add_marks(document: dict[str, Any]) -> None:
    """Give each face in the document of a referral its marks."""
    for face in document["faces"]:
        quality = face["quality"]
        found = marks(quality["eye_distance"], quality["sharpness"], quality["yaw"])
        face["marks"] = [asdict(mark) for mark in found]


def print_marks(document: dict[str, Any]) -> None:
    """Write which faces are marked, with the subject each belongs to; nothing where none is."""
    subjects = {face: subject["id"] for subject in document["subjects"] for face in subject["faces"]}
    marked = [face for face in document["faces"] if face["marks"]]
    if not marked:
        return
    print_line("")
    print_line("Below what the model can do; look at these yourself:")
    print_table(
        ("face", "subject", "mark", "why"),
        (
            (face["id"], subjects.get(face["id"], ""), one["name"], one["reason"])
            for face in marked
            for one in face["marks"]
        ),
        empty="",
    )
