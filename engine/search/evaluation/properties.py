"""By which properties errors are divided: the further columns of the table, and the measures of the faces."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.evaluation import groups
from engine.search.evaluation.enrolment import Enrolment
from engine.search.evaluation.groups import Grouping, Trials
from engine.search.evaluation.rejection import Rejection, rejection
from engine.vision.types import Quality

#: Grey in the middle between black and white.
_MIDDLE = 127.5


@dataclass(frozen=True, slots=True)
class _Measure:
    """A figure of a face's quality, and whether the higher (1) or the lower (-1) one should be the better face."""

    of: Callable[[Quality], float]
    better: int


#: Measures of a face that errors are divided by.
MEASURES: Mapping[str, _Measure] = {
    "eye_distance": _Measure(lambda quality: quality.eye_distance, 1),
    "sharpness": _Measure(lambda quality: quality.sharpness, 1),
    "contrast": _Measure(lambda quality: quality.contrast, 1),
    "brightness": _Measure(lambda quality: abs(quality.brightness - _MIDDLE), -1),
    "yaw": _Measure(lambda quality: abs(quality.yaw), -1),
    "pitch": _Measure(lambda quality: abs(quality.pitch), -1),
}


def by_properties(
    files: Sequence[tuple[str, ...]], further: Sequence[Mapping[str, str]], enrolment: Enrolment, trials: Trials
) -> tuple[Grouping, ...]:
    """Divide trials by the quality of the worst of the files [N] that each is made with, and by each further column."""
    by_quality = [
        groups.by_quality(name, measure.better * _worst(files, measure, enrolment), trials)
        for name, measure in MEASURES.items()
    ]
    by_column = [groups.by_column(name, values, trials) for name, values in groups.columns_of(further).items()]
    return (*(one for one in by_quality if one is not None), *by_column)


def rejections(files: Sequence[tuple[str, ...]], enrolment: Enrolment, trials: Trials) -> tuple[Rejection, ...]:
    """How misses fall when the trials with the worst faces are set aside, for each measure."""
    found = [rejection(name, _worst(files, measure, enrolment), trials) for name, measure in MEASURES.items()]
    return tuple(one for one in found if one is not None)


def _worst(files: Sequence[tuple[str, ...]], measure: _Measure, enrolment: Enrolment) -> NDArray[np.float64]:
    """The value [N] of the worst of each trial's faces, higher being better; not a number where one has no face."""
    known = enrolment.qualities
    values = {file: measure.better * measure.of(quality) for file, quality in known.items()}
    return np.array(
        [min(values[file] for file in each) if all(file in values for file in each) else np.nan for each in files],
        np.float64,
    )
