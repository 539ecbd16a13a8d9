"""`triage index`: the published copies of the faces that searches read; the records remain the truth."""

from operator import attrgetter
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.exits import Exit
from console.cli.frame import Json, examples, group
from console.cli.opening import Deployment, open_deployment
from console.cli.output import counted, print_json, print_line, print_table
from engine.records.errors import NotFound

if TYPE_CHECKING:
    from jobs.index_builds import IndexLag

app = group("The face index: list, build and check.")


@app.command("list", epilog=examples("triage index list", "triage index list --json"))
def list_(as_json: Json = False) -> None:
    """List the index of each gallery and of the unit's own referrals (material).

    A small collection needs no index: it is read from the records.
    """
    found = _lags(open_deployment())
    if as_json:
        print_json([_document(lag) for lag in found])
    else:
        _print(found)


@app.command(epilog=examples("triage index check"))
def check(as_json: Json = False) -> None:
    """Check every byte of the published indexes, and the indexes against the records.

    Ends with 1 where one is due again. A check of a large one takes as long as reading its files.
    """
    found = _lags(open_deployment(), thorough=True)
    due = [lag for lag in found if lag.due]
    if as_json:
        print_json([_document(lag) for lag in found])
    else:
        _print(found)
        print_line("Build what is due: triage index build" if due else "No index needs to be built.")
    if due:
        raise typer.Exit(Exit.FAILURES)


@app.command(epilog=examples("triage index build", "triage index build G3", "triage index build material"))
def build(
    scopes: Annotated[
        list[str] | None, typer.Argument(metavar="[SCOPE...]", help="G3 or material; all of them by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Build indexes now. The keeper does this by itself; searches find everything meanwhile, only slower."""
    from engine.records.scopes import Scope
    from engine.search.index import build as publish
    from jobs.index_builds import lags, working_space

    here = open_deployment()
    wanted = {Scope.of(name) for name in scopes or []}
    with here.records.database.read() as session:
        space = working_space(session)
        faces = {lag.scope: lag.faces for lag in lags(session, here.paths)}
        if unknown := sorted(scope.name for scope in wanted - faces.keys()):
            raise NotFound(
                f"There is nothing to index as {', '.join(unknown)}.", "See what there is: triage index list"
            )
        chosen = wanted or {scope for scope, number in faces.items() if number}
        built = [
            (scope, publish(session, here.paths.index, scope, space))
            for scope in sorted(chosen, key=attrgetter("name"))
            if space is not None
        ]
    if as_json:
        print_json([{"scope": one.name, "snapshot": index.snapshot, "faces": len(index.rows)} for one, index in built])
    for scope, index in [] if as_json else built:
        print_line(f"Built the index of {scope.name}: {counted(len(index.rows), 'face')}, snapshot {index.snapshot}.")
    if not built and not as_json:
        print_line("There are no faces yet. Put some in: triage gallery import NAME DIR")


def _lags(here: Deployment, *, thorough: bool = False) -> "list[IndexLag]":
    from jobs.index_builds import lags

    with here.records.database.read() as session:
        return lags(session, here.paths, thorough=thorough)


def _print(found: "list[IndexLag]") -> None:
    print_table(
        ("scope", "faces", "behind", "index"),
        ((lag.scope.name, lag.faces, lag.behind, _words(lag)) for lag in found),
        empty="There are no faces yet. Put some in: triage gallery import NAME DIR",
    )


def _words(lag: "IndexLag") -> str:
    if lag.refused:
        return f"refused: {lag.refused}"
    if lag.due:
        return "should be built"
    return "in use" if lag.usable and lag.faces else "not needed"


def _document(lag: "IndexLag") -> dict[str, object]:
    return {
        "scope": lag.scope.name,
        "faces": lag.faces,
        "behind": lag.behind,
        "usable": lag.usable,
        "due": lag.due,
        "refused": lag.refused,
    }
