"""The tasks a job may name, bound to the workbench of the process that runs them."""

from collections.abc import Callable

from jobs.detecting import detect_media
from jobs.filling import fill_space
from jobs.matching import match_referral
from jobs.recalling import recall_subject
from jobs.searching_again import search_again
from jobs.standing import search_standing
from jobs.watching import watch_media
from jobs.workbench import Workbench


def tasks_of(bench: Workbench) -> dict[str, Callable[[int], None]]:
    """Each allowed name with its function of one id.

    `detect` and `watch` of a file, `match` and `search` of a referral, `fill` of a space, `standing` of how far a
    collection was searched for, `recall` of a subject.
    """
    tasks = {
        "detect": detect_media,
        "watch": watch_media,
        "match": match_referral,
        "search": search_again,
        "fill": fill_space,
        "standing": search_standing,
        "recall": recall_subject,
    }
    return {name: _bound(task, bench) for name, task in tasks.items()}


def _bound(task: Callable[[Workbench, int], None], bench: Workbench) -> Callable[[int], None]:
    """A task with the model that is at work when it runs: a worker lives longer than a decision."""

    def run(number: int) -> None:
        bench.follow()
        task(bench, number)

    return run
