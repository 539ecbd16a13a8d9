"""`triage worker`: one worker process."""

from typing import Annotated

import typer

from console.cli.frame import examples, single
from console.cli.processes import become
from engine.records.words import Lane

app = single()


@app.command(epilog=examples("triage worker urgent"))
def worker(lane: Annotated[Lane, typer.Argument(metavar="LANE", help="The lane to take jobs of.")]) -> None:
    """Run one worker on one lane: urgent, normal or video. Several may run on one lane.

    `triage up` starts one for each lane; more of them, or on other machines, are started like this.
    """
    become("jobs.worker", lane.value)
