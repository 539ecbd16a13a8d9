"""What a report says, on the terminal: its facts in groups, those of one event on one line, and its originals."""

from itertools import groupby
from typing import Any

from console.cli.output import print_line, print_table

#: Groups in the order in which people ask; a kind that is not here comes last, under its own name.
_HEADINGS = {
    "incident": "incident",
    "victim": "victim",
    "person": "person",
    "ip": "connection",
    "address": "address",
    "device": "device",
    "place": "place",
    "url": "link",
    "reporter": "reporter",
    "camera": "camera",
    "file": "file",
    "other": "other",
}


def print_report(document: dict[str, Any]) -> None:
    """Write the facts of a referral's document and the documents it was read from."""
    rows = [row for kind in _HEADINGS for row in _rows(kind, document["facts"] or ())]
    if rows:
        print_line("")
        print_table(("about", "what", "says", "file"), rows, empty="")
    if document["originals"]:
        print_line("")
        print_table(
            ("kept as it came", "bytes", "SHA-256"),
            ((one["name"], f"{one['size']:,}", one["sha256"]) for one in document["originals"]),
            empty="",
        )


def _rows(kind: str, facts: Any) -> list[tuple[str, str, str, str]]:
    """The facts of a kind; what was captured together (an address with its time) stands on one line."""
    found = []
    about = [fact for fact in facts if fact["kind"] == kind]
    for _, together in groupby(about, key=lambda fact: (_event(fact), fact["media"])):
        group = list(together)
        heading = _HEADINGS[kind]
        numbered = f"{heading} {_number(group[0]['path'])}".strip()
        if kind == "ip" and len(group) > 1:
            said = ", ".join(fact["value"] for fact in group)
            found.append((numbered, _plain(group[0]["label"]), said, group[0]["media"] or ""))
        else:
            found += [(numbered, _plain(fact["label"]), fact["value"], fact["media"] or "") for fact in group]
    return found


def _event(fact: dict[str, Any]) -> str:
    return str(fact["path"]).rpartition("/")[0] if fact["kind"] == "ip" else str(fact["path"])


def _number(path: str) -> str:
    """The number of the person that a path leads through, where the report has several."""
    first = next((step for step in path.split("/") if "[" in step and not step.startswith("fileDetails")), "")
    return first.partition("[")[2].rstrip("]")


def _plain(label: str) -> str:
    """A name of the report's own as words: "screenName" becomes "screen name"."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in label)
    return words.strip().lower() if label.isalnum() and not label.isupper() else label
