"""The two tasks a job may name, bound to the workbench of the process that runs them."""

from collections.abc import Callable

from jobs.detecting import detect_media
from jobs.matching import match_referral
from jobs.workbench import Workbench


def tasks_of(bench: Workbench) -> dict[str, Callable[[int], None]]:
    """Each allowed name with its function of one id: `detect` of a file, `match` of a referral."""
    return {"detect": _bound(detect_media, bench), "match": _bound(match_referral, bench)}


def _bound(task: Callable[[Workbench, int], None], bench: Workbench) -> Callable[[int], None]:
    """A task with the model that is at work when it runs: a worker lives longer than a decision."""

    def run(number: int) -> None:
        bench.follow()
        task(bench, number)

    return run
