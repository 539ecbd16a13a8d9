"""The times of a video's frames, also where the file leaves them out or lets them jump back."""

_USUAL_STEP_MS = 40.0
"""The time from one frame to the next where nothing is known of it: 25 frames per second."""


class FrameTimes:
    """Gives each frame, in the order of decoding, a time in whole milliseconds that is later than the one before.

    What the file says is taken where it is possible. A missing time, or one that is not later, becomes one usual step
    after the frame before.
    """

    def __init__(self, rate: float | None) -> None:
        """rate: frames per second on average, where the file says it."""
        self._step = 1000 / rate if rate is not None and 0.01 <= rate <= 1000 else _USUAL_STEP_MS
        self._last: float | None = None

    def next(self, seconds: float | None) -> int:
        """The time of the next frame, for which the file says so many seconds, or nothing."""
        said = None if seconds is None else max(0.0, seconds * 1000)
        if self._last is None:
            self._last = said or 0.0
        elif said is None or round(said) <= round(self._last):
            self._last += self._step
        else:
            self._last = said
        return round(self._last)
