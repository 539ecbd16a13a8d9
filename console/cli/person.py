"""`triage person`: somebody, named or not yet, with references, subjects and relations."""

from typing import Annotated, Any

import typer

from console.cli.frame import As, Json, examples, group
from console.cli.opening import open_deployment
from console.cli.output import moment_and_age, print_facts, print_json, print_table, say
from console.identity import acting
from engine.records import ids
from engine.records.people import persons
from engine.records.schema import Person

app = group("List people, show one, record who is related to whom.")

PersonId = Annotated[str, typer.Argument(metavar="ID", help="A person's id, such as P3.")]


@app.command("list", epilog=examples("triage person list", "triage person list --name 'Ada Lund' --json"))
def list_(
    name: Annotated[str | None, typer.Option(help="Only people of exactly this name.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many people.")] = 100,
    as_json: Json = False,
) -> None:
    """List people by name, those without a name last."""
    here = open_deployment()
    with here.records.database.read() as session:
        found = persons.list_persons(session, name=name, limit=limit + 1)
    shown, more = found[:limit], len(found) > limit
    if more:
        say(f"Only the first {limit} are shown; --limit shows more.")
    if as_json:
        print_json([_document(person) for person in shown])
        return
    print_table(
        ("id", "name", "known since"),
        ((ids.public("person", one.id), one.name or "not named yet", moment_and_age(one.created_at)) for one in shown),
        empty=f"Nobody is named {name}." if name else "No people yet. They come with: triage gallery import NAME DIR",
    )


@app.command(epilog=examples("triage person show P3", "triage person show P3 --json"))
def show(person_id: PersonId, as_json: Json = False) -> None:
    """Show a person: references in galleries, subjects with the basis of each, relations."""
    here = open_deployment()
    with here.records.database.read() as session:
        document = persons.show(session, ids.parse(person_id, "person"))
    if as_json:
        print_json(document)
        return
    print_facts(
        {
            "person": f"{document['id']} {document['name'] or 'not named yet'}",
            "note": document["note"],
            "references": "\n".join(f"{one['id']} in {one['gallery']}" for one in document["references"]) or "none",
            "subjects": "\n".join(_subject(one) for one in document["subjects"]) or "none",
            "related to": "\n".join(f"{one['id']}: {one['relation']}" for one in document["related"]) or None,
        }
    )


@app.command(epilog=examples("triage person relate P3 P9 sister"))
def relate(
    person_id: PersonId,
    other_id: Annotated[str, typer.Argument(metavar="OTHER", help="The other person's id.")],
    relation: Annotated[str, typer.Argument(metavar="RELATION", help="How they are related: sister, twin ...")],
    as_name: As = None,
) -> None:
    """Record that two people are related, and not the same."""
    here = open_deployment()
    with here.records.database.write() as session:
        actor = acting(session, here.paths, as_name)
        person = persons.get_person(session, ids.parse(person_id, "person"))
        other = persons.get_person(session, ids.parse(other_id, "person"))
        persons.relate(session, person, other, relation, actor=actor)
    say(f"{ids.public('person', person.id)} and {ids.public('person', other.id)} are related: {relation}.")


def _subject(subject: dict[str, Any]) -> str:
    word = "identified" if subject["identified"] else "said to be"
    return f"{subject['id']} of {subject['referral']}, {word} ({subject['basis']})"


def _document(person: Person) -> dict[str, Any]:
    return {
        "id": ids.public("person", person.id),
        "name": person.name,
        "note": person.note,
        "created": person.created_at,
    }
