"""`triage service`: the services that a deployment carries with it."""

from console.cli.frame import examples, group
from console.cli.processes import become

app = group("Run an embedded service (a line of the Procfile).")


@app.command(epilog=examples("triage service redis"))
def redis() -> None:
    """Run the embedded Redis on a private socket, without any network port."""
    become("jobs.redis_server")
