"""`triage models`: which networks Triage loads, what is known about them, and bringing an embedder of one's own."""

from pathlib import Path
from typing import Annotated, Any

import typer

from config.declaration import declare, read_declaration
from console.cli.exits import Exit
from console.cli.frame import As, Json, examples, group
from console.cli.models_view import checks, documents, facts, filled
from console.cli.opening import Deployment, open_bench, open_deployment
from console.cli.output import print_facts, print_json, print_line, print_table, say
from console.identity import acting, acting_or_setup
from engine.records.faces import fills
from engine.records.faces.spaces import Decision
from engine.records.ids import public
from jobs import embedders

Name = Annotated[str, typer.Argument(metavar="NAME", help="The model, as `triage models list` names it.")]

app = group("The networks: licence, training data, validation, checksums; embedders of your own.")


@app.command("list", epilog=examples("triage models list", "triage models list --json"))
def list_(as_json: Json = False) -> None:
    """List the networks with what is known, and what is not, about each, and which embedder is at work."""
    here = open_deployment()
    found, problems = documents(here)
    if as_json:
        print_json(found)
    else:
        for document in found:
            print_facts(facts(document))
            print_line("")
        print_line("Triage has not been validated on children with any model.")
        print_line("Check the files themselves: triage models verify")
    for problem in problems:
        say(f"{problem.message}. {problem.hint}")


@app.command(epilog=examples("triage models verify"))
def verify(as_json: Json = False) -> None:
    """Check that each network's file is there and is the declared one, by its SHA-256."""
    found = checks(open_deployment())
    if as_json:
        print_json(found)
    else:
        print_table(
            ("model", "sha256", "finding"),
            ((check["model"], check["sha256"][:16], check["problem"] or "as declared") for check in found),
            empty="",
        )
        for hint in sorted({check["hint"] for check in found if check["hint"]}):
            print_line(hint)
    if any(check["problem"] for check in found):
        raise typer.Exit(Exit.FAILURES)


@app.command(
    "import",
    epilog=examples(
        "triage models import ours.onnx        # with ours.toml beside it:",
        "    name = 'ours'",
        "    input_size = 112                  # a square, in pixels",
        "    colour = 'RGB'                    # or 'BGR'",
        "    mean = 127.5                      # or one for each channel: [123.675, 116.28, 103.53]",
        "    scale = 0.00784313725             # a pixel from 0 to 255 enters as (pixel - mean) * scale",
        "    alignment = 'arcface'             # or 'dlib'",
        "    metric = 'cosine'                 # or 'euclidean'",
        "    licence = 'what its owner allows'",
        "    trained_on = 'on whose faces'",
        "    validated_on = 'on what it was measured, and by whom'",
    ),
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.onnx", help="The model.")],
    declaration: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="What it needs; by default the file beside the model.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    input_size: Annotated[int | None, typer.Option(metavar="PIXELS", help="Side of the square it takes.")] = None,
    colour: Annotated[str | None, typer.Option(metavar="RGB|BGR", help="Order of its channels.")] = None,
    mean: Annotated[str | None, typer.Option(metavar="M[,M,M]", help="Subtracted from pixels of 0 to 255.")] = None,
    scale: Annotated[str | None, typer.Option(metavar="S[,S,S]", help="Multiplied with what is left.")] = None,
    alignment: Annotated[str | None, typer.Option(metavar="arcface|dlib", help="Where eyes and mouth belong.")] = None,
    metric: Annotated[str | None, typer.Option(metavar="cosine|euclidean", help="How its vectors compare.")] = None,
    licence: Annotated[str | None, typer.Option(metavar="TEXT", help="What its owner allows.")] = None,
    trained_on: Annotated[str | None, typer.Option(metavar="TEXT", help="On whose faces.")] = None,
    validated_on: Annotated[str | None, typer.Option(metavar="TEXT", help="On what, and by whom.")] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Import an embedder as an ONNX file with a declaration, in a file or by options, which are stronger.

    It is tested on sample faces, and refused where it cannot tell people apart. The test notices a missing
    normalisation or a wrong alignment, but hardly swapped colours: evaluate it on your own pictures.
    """
    given = {
        "name": name,
        "input_size": input_size,
        "colour": colour,
        "mean": mean,
        "scale": scale,
        "alignment": alignment,
        "metric": metric,
        "licence": licence,
        "trained_on": trained_on,
        "validated_on": validated_on,
    }
    fields = _declared(file, declaration) | {field: value for field, value in given.items() if value is not None}
    declared = declare(fields)
    here = open_deployment()
    with here.records.database.read() as session:
        actor = acting_or_setup(session, here.paths, as_name)
    from jobs.model_import import import_model

    model = import_model(open_bench(here), file, declared, actor=actor)
    if as_json:
        print_json(_named(here, declared.name))
        return
    test = model.self_test
    pairs = test.same_pairs + test.different_pairs
    say(
        f"Imported {declared.name}: it tells people apart with an AUC of {test.auc:.4f} on {pairs:,} pairs of sample "
        "faces. That shows that it works, not how good it is."
    )
    say(f"Next: triage evaluate identify people.csv --root pictures --model {declared.name}")


@app.command(epilog=examples("triage models fill ours", "triage models fill ours --wait", "triage models list"))
def fill(
    name: Name,
    wait: Annotated[bool, typer.Option("--wait", help="Until every face has been looked at, with a bar.")] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Embed every face of the records again with a model, beside the one at work, in background jobs.

    Searches go on with the model at work. Faces that come later are embedded with both. Repeat it to go on after a
    pause, or to try again with faces that failed. Ends with 1 where faces could not be embedded.
    """
    from console.cli.progress import progress_on_stderr
    from jobs.model_fill import fill_model

    here = open_deployment()
    chosen = embedders.named(here.paths.models, name)
    with here.records.database.read() as session:
        actor = acting(session, here.paths, as_name)
    with progress_on_stderr(f"Embedding faces with {name}") as advance:
        state = fill_model(open_bench(here), chosen, actor=actor, wait=wait, advance=advance, say=say)
    if as_json:
        print_json(_named(here, name))
    else:
        say(filled(name, state))
    if state.unfilled or state.problem:
        raise typer.Exit(Exit.FAILURES)


@app.command(epilog=examples("triage models pause ours", "triage models fill ours        # goes on"))
def pause(name: Name, as_name: As = None) -> None:
    """Stop filling the space of a model; what is filled stays, and `fill` goes on from there."""
    here = open_deployment()
    chosen = embedders.named(here.paths.models, name)
    with here.records.database.write() as session:
        fills.pause(session, chosen.space.id, actor=acting(session, here.paths, as_name))
    say(f"Paused. Go on: triage models fill {name}")


@app.command(epilog=examples("triage models unfilled ours", "triage models unfilled ours --json"))
def unfilled(name: Name, as_json: Json = False) -> None:
    """List the faces that could not be embedded with a model, each with the reason."""
    here = open_deployment()
    chosen = embedders.named(here.paths.models, name)
    with here.records.database.read() as session:
        found = [
            {"face": public("face", one.face_id), "reason": one.reason}
            for one in fills.unfilled(session, chosen.space.id)
        ]
    if as_json:
        print_json(found)
    else:
        print_table(("face", "reason"), (list(one.values()) for one in found), empty="There is none.")


@app.command(epilog=examples("triage models compare ours", "triage models compare ours --json > changes.json"))
def compare(
    name: Name,
    rarer_than: Annotated[
        float,
        typer.Option(
            min=0.0, max=1.0, metavar="SHARE", help="New candidates count where fewer strangers are as alike."
        ),
    ] = 0.001,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Say what a filled model would change: identifications it would no longer find, and new candidates.

    Every subject that was identified or that nobody was found for is searched with both models, under the permits of
    its own search. That takes a supervisor and is recorded. No candidate list is replaced.
    """
    from console.cli.models_compare_view import print_comparison
    from console.cli.progress import progress_on_stderr
    from jobs.model_compare import compare as compare_with

    here = open_deployment()
    chosen = embedders.named(here.paths.models, name)
    with here.records.database.read() as session:
        actor = acting(session, here.paths, as_name)
    with progress_on_stderr("Comparing") as advance:
        found = compare_with(open_bench(here), chosen, rarer_than=rarer_than, actor=actor, advance=advance)
    if as_json:
        print_json(found.document())
    else:
        print_comparison(found.document())


@app.command(
    epilog=examples(
        "triage models activate ours --reason 'finds more of our own' --evaluation 'report 7 of 3 May'",
        "triage models activate dlib-resnet-v1 --reason 'back until report 8' --evaluation 'report 7 of 3 May'",
    )
)
def activate(
    name: Name,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is put to work.")],
    evaluation: Annotated[str, typer.Option(metavar="TEXT", help="The evaluation that this rests on.")],
    without: Annotated[
        int,
        typer.Option(min=0, metavar="N", help="Go without the N faces that it cannot embed; `unfilled` names them."),
    ] = 0,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Put an embedder to work, or an earlier one back. That takes a supervisor, a reason and an evaluation.

    All three are recorded. It is refused while a face lacks a vector of the model, since searches would no longer find
    it: `fill` embeds those. Subjects that nobody has decided on are then searched again with the model.
    """
    here = open_deployment()
    chosen = embedders.named(here.paths.models, name)
    with here.records.database.write() as session:
        actor = acting(session, here.paths, as_name)
        embedders.put_to_work(session, chosen, Decision(reason, evaluation, without), actor=actor)
    if as_json:
        print_json(_named(here, name))
        return
    say(f"{name} is at work: new faces are embedded and searched in its space {chosen.space.id}.")


def _declared(file: Path, declaration: Path | None) -> dict[str, Any]:
    """The fields of the file that was named, or of the one beside the model where there is one."""
    beside = file.with_suffix(".toml")
    if declaration is None and not beside.exists():
        return {}
    return read_declaration(declaration or beside)


def _named(here: Deployment, name: str) -> dict[str, Any]:
    found, _ = documents(here)
    return next(document for document in found if document["name"] == name)
