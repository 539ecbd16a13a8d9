"""How figures are written on the page. Spaces inside a figure do not break."""

from datetime import datetime

from engine.search.evaluation.bootstrap import Estimate

#: What the measures of a face are called.
MEASURES = {
    "eye_distance": "pixels between the eyes",
    "sharpness": "sharpness",
    "contrast": "contrast",
    "brightness": "distance from medium brightness",
    "yaw": "degrees turned to a side",
    "pitch": "degrees turned up or down",
}

_SPACE = "\N{NO-BREAK SPACE}"


def percent(share: float) -> str:
    """A share in percent, with two decimals near its ends, where they matter."""
    return f"{_number(share, _decimals(share))}{_SPACE}%"


def rate(value: float) -> str:
    """A rate that was asked for, as short as it can be: 10 %, 0.1 %."""
    return f"{100 * value:g}{_SPACE}%"


def count(value: float) -> str:
    """How many on average, to two digits: 0.0012, 0.31, 6.2, 120."""
    return f"{float(f'{value:.2g}'):g}"


def interval(estimate: Estimate) -> str:
    """The bounds of an interval, with the decimals of its figure: "1.2 to 4.0 %"."""
    decimals = _decimals(estimate.share)
    words = ("to", f"{_number(estimate.high, decimals)}", "%")
    return _SPACE.join((_number(estimate.low, decimals), *words))


def score(value: float | None) -> str:
    """A score or a threshold; None, or minus infinity, is a threshold below every score."""
    return "none" if value is None or value == float("-inf") else f"{value:.4f}"


def moment(made_at: str) -> str:
    """A moment of ISO 8601, to the minute, with its time zone."""
    return f"{datetime.fromisoformat(made_at):%Y-%m-%d %H:%M %Z}"


def _decimals(share: float) -> int:
    return 1 if share in (0, 1) or 0.01 <= share <= 0.99 else 2


def _number(share: float, decimals: int) -> str:
    return f"{100 * share:.0f}" if share in (0, 1) else f"{100 * share:.{decimals}f}"
