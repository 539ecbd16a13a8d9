"""The end of a job that takes too long, by something that nobody takes for a fault of the file it is at."""

from types import FrameType

from rq.timeouts import UnixSignalDeathPenalty


class TimedOut(BaseException):
    """It took longer than worker.job_timeout_seconds.

    Not an Exception: decoders are run under handlers that hold any Exception for a damaged file, and a picture that a
    busy machine had no time for would become one that cannot be read.
    """


class TimeLimit(UnixSignalDeathPenalty):
    """Raises TimedOut in the job once its time is over."""

    def handle_death_penalty(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 (a signal handler)
        """End the job."""
        raise TimedOut
