"""`triage keeper`: the one scheduler of a deployment."""

from console.cli.frame import examples, single
from console.cli.processes import become

app = single()


@app.command(epilog=examples("triage keeper"))
def keeper() -> None:
    """Run the keeper, which queues what waits, publishes the face index and leaves a sign of life. One per home."""
    become("jobs.keeper")
