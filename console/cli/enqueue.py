"""`triage enqueue`: reports come in, are recorded at once, and are handed to the workers."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, cast

import typer

from console.cli.exits import Exit
from console.cli.finding import find_case
from console.cli.frame import As, Json, examples, single
from console.cli.opening import open_bench, open_deployment
from console.cli.output import counted, print_json, print_line, print_table, say, words
from console.cli.progress import progress_on_stderr
from console.connection import key_of_connection
from console.identity import acting, acting_or_machine
from engine.formats.read import Format
from engine.formats.streams import Chained, is_bundle
from engine.records.errors import Refused

if TYPE_CHECKING:
    from jobs.taking_in import Source

app = single()

_PRIORITIES = {"urgent": 0, "normal": 50, "low": 90}
# More referrals than this are summed up for a person; --json always lists them all.
_LISTED = 40
#: How much of standard input is looked at to tell an archive from a list of paths.
_LOOKED_AT = 1 << 16
#: Formats that are never a list of paths.
_LISTS = frozenset(Format) - {Format.AUTO, Format.FOLDER}


@app.command(
    epilog=examples(
        "triage enqueue ~/report-4711",
        "triage enqueue --each --wait ~/incoming --json",
        "triage enqueue --each bundles.zip",
        "ssh unit triage enqueue - < bundle.zip",
        "find ~/incoming -name '*.jpg' | triage enqueue - --priority urgent",
    )
)
def enqueue(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...|-",
            help="Folders, files and archives; - reads standard input: an archive, a list, or paths, one per line.",
        ),
    ],
    each: Annotated[
        bool, typer.Option("--each", help="Each sub-folder and file of PATH, or in it, is a referral of its own.")
    ] = False,
    format_name: Annotated[
        Format, typer.Option("--format", help="What PATH is taken for; auto looks inside.")
    ] = Format.AUTO,
    case: Annotated[str | None, typer.Option(metavar="CASE", help="Link every referral to this case.")] = None,
    priority: Annotated[str, typer.Option(metavar="P", help="urgent, normal, low, or 0 (soonest) to 99.")] = "normal",
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until each has settled: ready, failed or duplicate.")
    ] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Put referrals in. A folder or an archive is one referral of all files in it, a file one of its own.

    CyberTipline packages, Project VIC (VICS) files and manifests are known by what they hold (docs/formats.md).
    Running it again does no harm: the same report becomes a duplicate. With no services running, the work is done
    here. Ends with 1 where something was refused or failed.
    """
    number = _priority(priority)

    from jobs.enqueue import Order
    from jobs.enqueue import enqueue as take_in

    here = open_deployment()
    with here.records.database.read() as session:
        # A link to a case is a person's word; reports as such may come from a program.
        actor = (acting if case else acting_or_machine)(session, here.paths, as_name)
        case_name = find_case(session, case).name if case else None
    order = Order(each=each, format=format_name, case=case_name, priority=number, wait=wait)
    with progress_on_stderr("Taking in", rate=True) as advance:
        receipt = take_in(open_bench(here), _sources(paths, format_name), order, actor=actor, say=say, advance=advance)
    if as_json:
        print_json(receipt.document)
    else:
        _print(receipt.document)
    if not receipt.complete:
        raise typer.Exit(Exit.FAILURES)


def _sources(paths: list[str], format_name: Format) -> Iterator["Source"]:
    for path in paths:
        if path == "-":
            yield from _standard_input(sys.stdin.buffer, format_name)
        else:
            yield Path(path)


def _standard_input(file: BinaryIO, format_name: Format) -> Iterator["Source"]:
    """What comes in itself where it is an archive, a file or a list of files, else the paths it names."""
    from jobs.taking_in import Stream

    head = file.read(_LOOKED_AT)
    listed = format_name not in _LISTS and not is_bundle(head)
    afar = key_of_connection() is not None
    if listed and afar:
        raise Refused(
            "Over SSH no file of this machine is taken in.", "Send the bundle itself: triage enqueue - < FILE"
        )
    if not listed:
        yield Stream("standard input", cast(BinaryIO, Chained(head, file)), None if afar else Path.cwd())
        return
    yield from (Path(os.fsdecode(line)) for line in (head + file.read()).split(b"\n") if line)


def _priority(text: str) -> int:
    if text in _PRIORITIES:
        return _PRIORITIES[text]
    if text.isdecimal() and int(text) < 100:
        return int(text)
    raise typer.BadParameter(f"{text!r} is not {', '.join(_PRIORITIES)} or a number from 0 to 99.")


def _print(document: dict[str, Any]) -> None:
    referrals, refused = document["referrals"], document["refused"]
    states = Counter(one["state"] for one in referrals)
    sums = ", ".join(f"{count} {words(state)}" for state, count in states.items())
    print_line(f"{document['batch']}: {counted(len(referrals), 'referral')} taken in{f' ({sums})' if sums else ''}.")
    if 0 < len(referrals) <= _LISTED:
        print_table(
            ("id", "state", "media", "source"),
            ((one["id"], _state(one), one["media"], one["source"]) for one in referrals),
            empty="",
        )
    if refused:
        print_line("")
        print_line(f"{counted(len(refused), 'file or folder', 'files or folders')} refused:")
        print_table(("path", "reason"), ((one["path"], one["reason"]) for one in refused), empty="")
    for warning in document["warnings"]:
        say(f"Warning: {warning}")
    if referrals:
        say("Next: triage console, or triage referral list")


def _state(referral: dict[str, Any]) -> str:
    state = words(referral["state"])
    return f"{state} of {referral['duplicate_of']}" if referral["duplicate_of"] else state
