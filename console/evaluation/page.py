"""The page itself: an evaluation's figures, charts and conditions put into its template."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from console.evaluation import charts, svg, wording
from engine.search.evaluation.bootstrap import REPLICATES, SEED
from engine.search.evaluation.groups import FEWEST_PEOPLE, FEWEST_TRIALS, NO_FACE, Group, Grouping
from engine.search.evaluation.identification import (
    OPEN_SET_FPIR,
    OPEN_SET_RANKS,
    WORKING_FPIR,
    IdentifyReport,
)
from engine.search.evaluation.rejection import JUDGED_AT, Rejection
from engine.search.evaluation.verification import PairReport
from jobs.evaluation import Evaluation

_ENDS = ("at rank 1", "at rank 2 to 10", "at rank 11 to 50", "further down", "never: a picture could not be enrolled")


@dataclass(frozen=True, slots=True)
class _ShownGrouping:
    """A grouping with what its table needs: whether it says anything, and how far its scale reaches."""

    name: str
    groups: tuple[Group, ...]
    trend: str | None
    measure: bool
    silent: bool
    scale: float

    @property
    def highest(self) -> Group:
        """The last group that has a quality."""
        return [group for group in self.groups if group.label != NO_FACE][-1]


def pairs_page(evaluation: Evaluation[PairReport], command: str, pictures: Mapping[str, bytes]) -> str:
    """The page of a comparison of pairs; pictures: crops as JPEG by file, of those that may be shown."""
    report = evaluation.report
    own = {
        "det": charts.det(
            [report.det], report.same, "FAR: pairs of two people that pass", "FRR: pairs of one person missed"
        )
        if report.det
        else None,
        "scores": charts.scores(report.scores, report.threshold, "threshold") if report.scores else None,
    }
    return _page("pairs.html", evaluation, command, pictures, own)


def identify_page(evaluation: Evaluation[IdentifyReport], command: str, pictures: Mapping[str, bytes]) -> str:
    """The page of searches for people; pictures: crops as JPEG by file, of those that may be shown."""
    report = evaluation.report
    found = [estimate for estimate in report.cmc if estimate is not None]
    working = next(one for one in report.open_set if (one.rank, one.fpir) == (1, WORKING_FPIR))
    label = f"threshold at FPIR {wording.rate(WORKING_FPIR)}"
    own = {
        "det": _open_set_chart(report),
        "cmc": charts.cmc(found) if found else None,
        "scores": charts.scores(report.scores, report.threshold, label) if report.scores else None,
        "rarity": charts.rarity(report.rarity.bands[0].points) if report.rarity else None,
        "ended": list(zip(_ENDS, report.ended_at, strict=True)),
        "working": working,
        "working_fpir": WORKING_FPIR,
        "open_set_ranks": OPEN_SET_RANKS,
        "open_set": [[one for one in report.open_set if one.fpir == fpir] for fpir in OPEN_SET_FPIR],
    }
    return _page("identify.html", evaluation, command, pictures, own)


def files_of_errors(report: PairReport | IdentifyReport) -> list[str]:
    """The files of the worst errors, each once: those whose crops a page with pictures shows."""
    if isinstance(report, PairReport):
        files = [file for one in (*report.missed, *report.false_alarms) for file in (one.a, one.b)]
    else:
        files = [file for one in report.missed for file in (one.file, one.mate, one.stranger) if file]
        files += [file for one in report.false_alarms for file in (one.file, one.stranger)]
    return list(dict.fromkeys(files))


def _page(
    template: str,
    evaluation: Evaluation[Any],
    command: str,
    pictures: Mapping[str, bytes],
    own: Mapping[str, object],
) -> str:
    environment = Environment(
        loader=PackageLoader("console.evaluation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": wording.percent,
        "rate": wording.rate,
        "interval": wording.interval,
        "score": wording.score,
        "count": wording.count,
        "moment": wording.moment,
    }
    return environment.get_template(template).render(
        report=evaluation.report,
        conditions=evaluation.conditions,
        command=command,
        pictures={file: _data_uri(jpeg) for file, jpeg in pictures.items()},
        groups=_shown(evaluation.report.groups),
        rejection=_rejection(evaluation.report.rejection),
        measures=wording.MEASURES,
        judged_at=JUDGED_AT,
        whisker=svg.whisker,
        replicates=REPLICATES,
        seed=SEED,
        fewest_trials=FEWEST_TRIALS,
        fewest_people=FEWEST_PEOPLE,
        **own,
    )


def _rejection(curves: Sequence[Rejection]) -> dict[str, Any]:
    """The curves by how much misses fall, the chart of the first three, and whether there is anything missed at all."""
    ordered = sorted(curves, key=lambda one: -one.gain.share)
    anything = bool(ordered) and ordered[0].missed[0].share > 0
    return {"curves": ordered, "chart": charts.rejection(ordered[:3]) if anything else None}


def _open_set_chart(report: IdentifyReport) -> object:
    curves = [one.points for one in report.det]
    return (
        charts.det(curves, report.mated, "FPIR: searches for nobody that raise an alarm", "FNIR: searches that miss")
        if all(curves)
        else None
    )


def _shown(groupings: Sequence[Grouping]) -> list[_ShownGrouping]:
    shown = []
    for one in groupings:
        highs = [group.missed.high for group in one.groups if group.missed]
        # A scale that ends at a round share and holds every interval.
        scale = next((limit for limit in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if limit >= max(highs, default=1.0)), 1.0)
        silent = all(group.missed is None and group.passed is None for group in one.groups)
        measure = one.kind == "quality"
        name = wording.MEASURES[one.name] if measure else one.name
        shown.append(_ShownGrouping(name, one.groups, one.trend, measure, silent, scale))
    return shown


def _data_uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
