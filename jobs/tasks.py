"""The two tasks a job may name, bound to the workbench of the process that runs them."""

from collections.abc import Callable
from functools import partial

from jobs.detecting import detect_media
from jobs.matching import match_referral
from jobs.workbench import Workbench


def tasks_of(bench: Workbench) -> dict[str, Callable[[int], None]]:
    """Each allowed name with its function of one id: `detect` of a file, `match` of a referral."""
    return {"detect": partial(detect_media, bench), "match": partial(match_referral, bench)}
