"""`triage hashlist`: named lists of known files by their hashes, and what it means that a file is in one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli.exits import Exit
from console.cli.frame import As, Json, examples, group
from console.cli.opening import Deployment, open_deployment
from console.cli.output import counted, moment, print_facts, print_json, print_table, say, words
from console.cli.progress import progress_on_stderr
from console.identity import acting_or_setup
from engine.formats.hash_lists.read import ListFormat
from engine.records.ids import public
from engine.records.intake import hash_lists
from engine.records.intake.near_pictures import Limits
from engine.records.schema import HashList
from engine.records.words import HashKind, ListMeaning

if TYPE_CHECKING:
    from jobs.known_lists import Imported

app = group("Lists of known files by their hashes: import, list, check, remove.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The list's name.")]


@app.command(
    "import",
    epilog=examples(
        "triage hashlist import icse-2026 export.csv --meaning identified-victim --source INTERPOL --basis 'act 12'",
        "triage hashlist import viral ncmec.xml --meaning viral --source NCMEC --basis 'act 12'",
    ),
)
def import_(
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Text, ICSE CSV, NCMEC XML or VICS.")],
    meaning: Annotated[ListMeaning, typer.Option(help="What it means that a file is in the list.")],
    source: Annotated[str, typer.Option(metavar="TEXT", help="Who gave the list.")],
    basis: Annotated[str, typer.Option(metavar="TEXT", help="The law or agreement it is held under.")],
    format_name: Annotated[
        ListFormat, typer.Option("--format", help="What FILE is; auto looks inside. pdq: text of PDQ hashes.")
    ] = ListFormat.AUTO,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Import a list of MD5, SHA-1, SHA-256 or PDQ hashes. That takes a supervisor.

    Files that came in before are compared too. Ends with 1 where entries could not be used.
    """
    from jobs.known_lists import import_list

    here = open_deployment()
    with here.records.database.read() as session:
        actor = acting_or_setup(session, here.paths, as_name)
    with progress_on_stderr("hashes", rate=True) as advance:
        done = import_list(
            here.records,
            file,
            name,
            meaning,
            source=source,
            lawful_basis=basis,
            format_name=format_name,
            actor=actor,
            limits=Limits(here.settings.known_files.near_distance, here.settings.known_files.near_quality),
            folder=here.paths.home,
            advance=advance,
        )
    if as_json:
        print_json(_document(here, done.row) | _outcome(done))
    else:
        found = counted(len(done.hits), "file")
        say(f"{name}: {done.row.entries:,} hashes, {words(meaning)}. {found} of this unit are in it.")
        if done.bad:
            say(f"{counted(done.bad, 'entry', 'entries')} could not be used:")
            for one in done.named:
                say(f"  {one.place}: {one.reason}")
    if done.bad:
        raise typer.Exit(Exit.FAILURES)


@app.command("list", epilog=examples("triage hashlist list", "triage hashlist list --json"))
def list_(as_json: Json = False) -> None:
    """List the lists: meaning, number of hashes, source, when they came and under which law."""
    here = open_deployment()
    with here.records.database.read() as session:
        found = hash_lists.lists(session)
    if as_json:
        print_json([_plain(one) for one in found])
        return
    print_table(
        ("name", "meaning", "hashes", "source", "imported", "basis"),
        (
            (
                one.name,
                words(one.meaning),
                one.entries,
                one.source,
                moment(one.finished_at) or "not finished: import it again",
                one.lawful_basis,
            )
            for one in found
        ),
        empty="No list. Import one: triage hashlist import NAME FILE --meaning viral --source TEXT --basis TEXT",
    )


@app.command(epilog=examples("triage hashlist show icse-2026"))
def show(name: Name, as_json: Json = False) -> None:
    """Show a list: where it comes from, how many hashes of each kind it has, how many of the unit's files are in it."""
    here = open_deployment()
    with here.records.database.read() as session:
        row = hash_lists.get_list(session, name)
    document = _document(here, row)
    if as_json:
        print_json(document)
    else:
        document["hashes"] = ", ".join(f"{many:,} {kind}" for kind, many in document["hashes"].items())
        document["meaning"] = words(row.meaning)
        document["imported"] = moment(row.finished_at) or "not finished: import it again"
        print_facts(document)


@app.command(epilog=examples("triage hashlist check picture.jpg", "triage hashlist check picture.jpg --json"))
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of any kind.")], as_json: Json = False
) -> None:
    """Say which lists a file is in by its hashes; nothing is stored. Ends with 0 whether it is in one or not.

    Pictures that only look like one of a list (PDQ) are found once the file has come in and workers have seen it.
    """
    from jobs.known_lists import check_file

    here = open_deployment()
    found = check_file(here.records, file)
    if as_json:
        print_json(found)
        return
    print_table(
        ("list", "meaning", "by", "series"),
        (
            (one["list"], words(one["meaning"]), one["by"] + (" (can be forged)" if one["weak"] else ""), one["series"])
            for one in found
        ),
        empty="It is in no list.",
    )


@app.command(epilog=examples("triage hashlist remove icse-2026"))
def remove(name: Name, as_name: As = None) -> None:
    """Remove a list, its hashes and what was noted by it. That takes a supervisor."""
    from jobs.known_lists import remove_list

    here = open_deployment()
    with here.records.database.read() as session:
        actor = acting_or_setup(session, here.paths, as_name)
    remove_list(here.records, name, actor=actor)
    say(f"{name} is removed. Referrals that it had moved are put in order again within seconds.")


def _plain(row: HashList) -> dict[str, Any]:
    return {
        "id": public("hash_list", row.id),
        "name": row.name,
        "meaning": row.meaning,
        "source": row.source,
        "lawful_basis": row.lawful_basis,
        "format": row.format,
        "file_sha256": row.sha256,
        "entries": row.entries,
        "imported": row.finished_at,
    }


def _document(here: Deployment, row: HashList) -> dict[str, Any]:
    with here.records.database.read() as session:
        kinds = hash_lists.counts(session, [row.id])[row.id]
        hits = hash_lists.hits(session, row.id)
    return _plain(row) | {"hashes": {kind.value: kinds[kind] for kind in HashKind if kind in kinds}, "files": hits}


def _outcome(done: "Imported") -> dict[str, Any]:
    return {
        "new_hits": [public("media", number) for number in done.hits],
        "unusable": done.bad,
        "unusable_entries": [{"place": one.place, "reason": one.reason} for one in done.named],
    }
