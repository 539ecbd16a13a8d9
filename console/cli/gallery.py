"""`triage gallery`: reference collections, filled from folders or lists of pictures."""

from pathlib import Path
from typing import Annotated, Any

import typer

from console.cli.exits import Exit
from console.cli.frame import As, Json, examples, group
from console.cli.opening import open_bench, open_deployment
from console.cli.output import counted, moment_and_age, print_facts, print_json, print_line, print_table, say
from console.identity import acting, acting_or_setup
from engine.records import ids
from engine.records.people import galleries
from engine.records.people.galleries import GallerySummary
from engine.records.schema import Gallery
from engine.records.words import GalleryPurpose

app = group("Create, fill, list and remove reference galleries.")

GalleryName = Annotated[str, typer.Argument(metavar="NAME", help="The gallery's name.")]

# Files named on the screen; --json names all.
_NAMED = 20


@app.command(
    epilog=examples(
        "triage gallery create missing --purpose 'missing children of the district' --kind missing",
        "triage gallery create known --purpose 'victims of closed cases' --basis 'act 12' --retention-days 3650",
    )
)
def create(
    name: GalleryName,
    purpose: Annotated[str, typer.Option(metavar="TEXT", help="What the gallery is held for.")],
    kind: Annotated[GalleryPurpose, typer.Option(help="The kind of purpose.")] = GalleryPurpose.OTHER,
    owner: Annotated[str | None, typer.Option(help="Who answers for it; the unit by default.")] = None,
    basis: Annotated[str, typer.Option(metavar="TEXT", help="The law or order it rests on.")] = "not stated",
    retention_days: Annotated[
        int | None, typer.Option(min=1, help="Days after which a reference is no longer searched; no end by default.")
    ] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Create an empty gallery."""
    here = open_deployment()
    with here.records.database.write() as session:
        gallery = galleries.create_gallery(
            session,
            name,
            purpose=kind,
            purpose_text=purpose,
            owner=owner or here.settings.unit,
            lawful_basis=basis,
            retention_days=retention_days,
            actor=acting_or_setup(session, here.paths, as_name),
        )
    if as_json:
        print_json(_document(GallerySummary(gallery, 0, 0)))
        return
    say(f"Created {ids.public('gallery', gallery.id)} {name}. Next: triage gallery import {name} DIR")


@app.command(
    "import",
    epilog=examples("triage gallery import missing ~/missing-people", "triage gallery import known list.csv --json"),
)
def import_(
    name: GalleryName,
    source: Annotated[
        Path, typer.Argument(metavar="DIR|CSV", help="A folder with a sub-folder per person, or a CSV: person,file.")
    ],
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Enrol people from their pictures. Doing it again changes nothing.

    Ends with 1 where a picture was not enrolled. Whatever is doubtful is named: look at those pictures.
    """
    from console.cli.progress import progress_on_stderr
    from jobs.enrol import enrol

    here = open_deployment()
    with here.records.database.read() as session:
        actor = acting_or_setup(session, here.paths, as_name)
    with progress_on_stderr("Looking at pictures") as advance:
        done = enrol(open_bench(here), name, source, actor=actor, advance=advance)
    if as_json:
        print_json(done.document())
    else:
        _print_import(done.document())
    if not done.complete:
        raise typer.Exit(Exit.FAILURES)


@app.command("list", epilog=examples("triage gallery list", "triage gallery list --json"))
def list_(as_json: Json = False) -> None:
    """List the galleries with how many people and faces each holds."""
    here = open_deployment()
    with here.records.database.read() as session:
        found = galleries.list_galleries(session)
    if as_json:
        print_json([_document(summary) for summary in found])
        return
    print_table(
        ("id", "name", "kind", "people", "faces", "purpose"),
        (
            (
                ids.public("gallery", one.gallery.id),
                one.gallery.name,
                one.gallery.purpose,
                one.references,
                one.faces,
                one.gallery.purpose_text,
            )
            for one in found
        ),
        empty="No galleries yet. Create one: triage gallery create NAME --purpose TEXT",
    )


@app.command(epilog=examples("triage gallery show missing", "triage gallery show missing --limit 1000 --json"))
def show(
    name: GalleryName,
    limit: Annotated[int, typer.Option(min=1, help="How many people are listed.")] = 100,
    as_json: Json = False,
) -> None:
    """Show a gallery and the people in it."""
    here = open_deployment()
    with here.records.database.read() as session:
        gallery = galleries.get_gallery(session, name)
        summary = next(one for one in galleries.list_galleries(session) if one.gallery.id == gallery.id)
        people = [
            {
                "reference": ids.public("reference", reference.id),
                "person": ids.public("person", reference.person_id),
                "name": person,
                "faces": len(galleries.faces_of_reference(session, reference.id)),
                "expires": reference.expires_at,
            }
            for reference, person in galleries.references_of(session, gallery, limit=limit)
        ]
    if as_json:
        print_json(_document(summary) | {"people": people})
    else:
        _print_gallery(summary, people)


@app.command(epilog=examples("triage gallery remove missing"))
def remove(name: GalleryName, as_name: As = None) -> None:
    """Take a gallery out of every search. That takes a supervisor; its entries stay as history."""
    here = open_deployment()
    with here.records.database.write() as session:
        gallery = galleries.get_gallery(session, name)
        galleries.remove_gallery(session, gallery, actor=acting(session, here.paths, as_name))
    say(f"{name} is removed and no longer searched.")


def _print_import(document: dict[str, Any]) -> None:
    print_line(
        f"{document['gallery']}: {counted(document['references'], 'person', 'people')} and "
        f"{counted(document['faces'], 'face')} enrolled."
    )
    _name("could not be used", ((one["path"], one["reason"]) for one in document["failed"]))
    _name("show no face", ((path, "") for path in document["no_face"]))
    _name(
        "show several faces, of which one was enrolled",
        (
            (one["path"], f"{one['faces']} faces; enrolled the one at {one['enrolled']}")
            for one in document["several_faces"]
        ),
    )
    _name("are doubtful; look at them", ((one["path"], _doubt(one)) for one in document["suspicious"]))


def _name(what: str, found: Any) -> None:
    rows = list(found)
    if not rows:
        return
    print_line("")
    print_line(f"{counted(len(rows), 'picture')}: {what}")
    print_table(("file", "what"), rows[:_NAMED], empty="")
    if len(rows) > _NAMED:
        print_line(f"and {len(rows) - _NAMED} more: --json names all")


def _doubt(doubt: dict[str, Any]) -> str:
    if doubt["kind"] == "twice":
        return f"as {doubt['person']}, but very like {doubt['other_path']} of {doubt['other_person']}"
    return f"unlike {doubt['person']}'s other pictures, such as {doubt['other_path']}"


def _print_gallery(summary: GallerySummary, people: list[dict[str, Any]]) -> None:
    gallery = summary.gallery
    print_facts(
        {
            "gallery": f"{ids.public('gallery', gallery.id)} {gallery.name}",
            "purpose": f"{gallery.purpose}: {gallery.purpose_text}",
            "owner": gallery.owner,
            "lawful basis": gallery.lawful_basis,
            "retention": f"{gallery.retention_days} days" if gallery.retention_days else "no end",
            "created": moment_and_age(gallery.created_at),
            "holds": f"{counted(summary.references, 'person', 'people')}, {counted(summary.faces, 'face')}",
        }
    )
    print_line("")
    print_table(
        ("reference", "person", "name", "faces"),
        ((one["reference"], one["person"], one["name"], one["faces"]) for one in people),
        empty=f"Nobody is enrolled yet. Next: triage gallery import {gallery.name} DIR",
    )
    if len(people) < summary.references:
        print_line(f"and {summary.references - len(people)} more: --limit shows more")


def _document(summary: GallerySummary) -> dict[str, Any]:
    gallery: Gallery = summary.gallery
    return {
        "id": ids.public("gallery", gallery.id),
        "name": gallery.name,
        "kind": gallery.purpose,
        "purpose": gallery.purpose_text,
        "owner": gallery.owner,
        "lawful_basis": gallery.lawful_basis,
        "retention_days": gallery.retention_days,
        "created": gallery.created_at,
        "references": summary.references,
        "faces": summary.faces,
    }
