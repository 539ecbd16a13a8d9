"""The parent's hold on one decoder: starts it, asks it, watches its time and says what it ended of."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from engine.vision.decoding.messages import BadMessage, Channel, Gone, Message
from engine.vision.decoding.remote_file import PIECE
from engine.vision.errors import DecoderLost, TooLittleMemory, UnreadableMedia

PROGRAM = "engine.vision.decoding.child"
# No setting, no key and no folder of the deployment is told to a decoder; libraries are kept from starting threads.
_ENVIRONMENT = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
# A decoder that waits for nothing, yet gets no processor, may take so many times as long by the clock.
_PATIENCE = 10
_LOOK_SECONDS = 0.25
# Beside pixels, an answer carries no more than the glance of a frame.
_MOST_DATA = 1 << 16
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: pixels, bytes of memory, and seconds of processor time (in a video: each frame)."""

    max_pixels: int
    memory: int
    seconds: float
    threads: int = 1


class DecoderProcess:
    """One decoder, from its start to its end; after any error it is over."""

    def __init__(self, limits: Limits, program: str = PROGRAM) -> None:
        """Start it; it gets ready while the caller does something else."""
        self.files = 0
        self.confined: tuple[str, ...] | None = None
        self._limits = limits
        self._connection, theirs = socket.socketpair()
        self._connection.settimeout(limits.seconds * _PATIENCE)
        self._channel = Channel(self._connection, self._wait)
        self._spent_before, self._until, self._budget = 0.0, 0.0, 0.0
        told = {"max_pixels": limits.max_pixels, "memory": limits.memory, "threads": limits.threads}
        command = [sys.executable, "-E", "-s", "-m", program, str(theirs.fileno()), str(os.getpid()), json.dumps(told)]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_ENVIRONMENT,
                cwd=Path(__file__).parents[3],
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(
        self, words: dict[str, Any], data: bytes = b"", *, file: BinaryIO | None = None, pixels: bool = False
    ) -> Message:
        """Ask for something, perhaps for pixels; `file` is what it may read pieces of meanwhile.

        Raises UnreadableMedia for a refusal, and where the file was the end of the decoder; DecoderLost where it was
        not; and what goes wrong in `file`.
        """
        try:
            if self.confined is None:
                self._get_ready()
            self._begin(self._limits.seconds)
            self._channel.send(words, data)
            answer = self._answer(file)
        except UnreadableMedia:
            raise
        except Gone as error:
            by_itself = self.end(wait=1.0)
            raise self._verdict(by_itself=by_itself) from error
        except TimeoutError as error:
            raise self._too_slow() from error
        except (BadMessage, ValueError) as error:
            self.end()
            raise UnreadableMedia("its decoder gave an answer that cannot be true") from error
        except BaseException:
            self.end()  # Whatever it would still say belongs to a question that nobody asks any more.
            raise
        if not pixels:
            answer.close()
        return answer

    def end(self, wait: float = 0.0) -> bool:
        """End it, after so many seconds in which it may end by itself; whether it did."""
        self._connection.close()
        try:
            self._process.wait(wait)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return False
        return True

    def _get_ready(self) -> None:
        self._begin(_START_SECONDS)
        try:
            hello = self._channel.receive(0)
        except (Gone, BadMessage, UnreadableMedia) as error:
            self.end()
            raise DecoderLost(
                "The process that decodes pictures does not start.", hint=f"Try: {sys.executable} -m {PROGRAM}"
            ) from error
        hello.close()
        self.confined = tuple(map(str, hello.words.get("confined", ())))

    def _answer(self, file: BinaryIO | None) -> Message:
        while True:
            answer = self._channel.receive(_MOST_DATA)
            if answer.words.keys() & {"alive", "read", "refused", "no_room"}:
                answer.close()
            match answer.words:
                case {"alive": True}:
                    self._begin(self._limits.seconds)
                case {"read": [int(place), int(size)]} if file is not None and place >= 0 and 0 < size <= PIECE:
                    file.seek(place)
                    self._channel.send({}, file.read(size))
                case {"refused": str(reason), "hint": str(hint), "memory": bool(memory)}:
                    raise self._swollen() if memory else UnreadableMedia(_line(reason), hint=_line(hint))
                case {"no_room": True}:
                    raise DecoderLost(
                        "This machine has no memory left for a picture's pixels.", hint="See: triage health"
                    )
                case {"read": _} | {"refused": _}:
                    raise BadMessage("it is no answer")
                case _:
                    return answer

    def _begin(self, seconds: float) -> None:
        self._spent_before, self._budget = self._spent(), seconds
        self._until = time.monotonic() + seconds * _PATIENCE

    def _wait(self) -> None:
        """Wait until there is something to read; ends a decoder whose time is over."""
        while not select.select([self._connection], [], [], _LOOK_SECONDS)[0]:
            if self._spent() - self._spent_before > self._budget or time.monotonic() > self._until:
                raise self._too_slow()

    def _too_slow(self) -> UnreadableMedia:
        self.end()
        return UnreadableMedia(
            f"its decoder took longer than {self._budget:g} s",
            hint="Raise decoding.max_seconds if the file is known to be good.",
        )

    def _spent(self) -> float:
        """Seconds of processor time; the clock of another process is made from its number (clock_getcpuclockid(3))."""
        try:
            return time.clock_gettime((~self._process.pid << 3) | 2)
        except OSError:
            return 0.0  # It has ended, which reading tells.

    def _swollen(self) -> TooLittleMemory:
        self.end()
        return TooLittleMemory(
            f"its decoder needed more than {self._limits.memory / 1e9:.1f} GB of memory",
            hint="Raise decoding.max_memory_bytes if the file is known to be good.",
        )

    def _verdict(self, *, by_itself: bool) -> UnreadableMedia | DecoderLost:
        """What an unexpected end says: of the file, or of the machine."""
        code = self._process.returncode
        if not by_itself:
            return UnreadableMedia("its decoder fell silent", hint="Open the file only where it can do no harm.")
        if code == -signal.SIGKILL or code == -signal.SIGTERM:
            return DecoderLost(
                "The process that decodes pictures was killed from outside, perhaps for want of memory.",
                hint="See: triage health",
            )
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return UnreadableMedia(f"its decoder crashed ({how})", hint="Open the file only where it can do no harm.")


def _line(text: str) -> str:
    """A decoder's own words, as one line that any screen can show."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:500])
