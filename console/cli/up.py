"""`triage up`: all services of a deployment in one terminal."""

import signal
import sys

from config.logging import configure_logging
from console.cli.frame import examples, single
from console.cli.opening import open_deployment
from console.cli.output import say

app = single()


@app.command(epilog=examples("triage up"))
def up() -> None:
    """Start Redis, the workers and the keeper, restart what ends, and stop them all on Ctrl-C.

    Where TRIAGE_REDIS_URL is set, that Redis is used instead of an embedded one.
    """
    from jobs.services import running_services

    here = open_deployment()
    configure_logging(here.settings.logging)
    # A service manager's stop must end the services in order, like Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with running_services(here.settings, here.paths) as services:
        say(f"Running: {', '.join(services.process_ids())}. Ctrl-C stops them. In another terminal: triage health")
        try:
            services.run()
        except KeyboardInterrupt:
            say("Stopping. What is being worked on goes back to its queue.")
