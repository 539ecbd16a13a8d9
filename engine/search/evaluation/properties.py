"""By which properties errors are divided: the further columns of the table, and two measures of the faces."""

from collections.abc import Mapping, Sequence

import numpy as np

from engine.search.evaluation import groups
from engine.search.evaluation.enrolment import Enrolment
from engine.search.evaluation.groups import Grouping, Trials

#: Measures of a face that errors are divided by, as `Quality` names them.
QUALITIES = ("eye_distance", "sharpness")


def by_properties(
    files: Sequence[tuple[str, ...]], further: Sequence[Mapping[str, str]], enrolment: Enrolment, trials: Trials
) -> tuple[Grouping, ...]:
    """Divide trials by the quality of the worst of the files [N] that each is made with, and by each further column."""
    by_quality = [
        groups.by_quality(measure, np.array([_worst(each, measure, enrolment) for each in files]), trials)
        for measure in QUALITIES
    ]
    by_column = [groups.by_column(name, values, trials) for name, values in groups.columns_of(further).items()]
    return (*(one for one in by_quality if one is not None), *by_column)


def _worst(files: tuple[str, ...], measure: str, enrolment: Enrolment) -> float:
    """The lowest value among the files' faces; not a number where one has no face."""
    if any(file not in enrolment.qualities for file in files):
        return float("nan")
    return min(float(getattr(enrolment.qualities[file], measure)) for file in files)
