"""A program in a real terminal: tmux with a server of its own, driven by keys and read as text."""

import shlex
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Terminal:
    """One tmux session on a private socket."""

    socket: Path

    def start(self, command: list[str], *, columns: int, rows: int, environment: Mapping[str, str]) -> None:
        """Run a command in a new terminal of that size; the terminal stays when the command ends."""
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
        line = f"env {settings} {shlex.join(command)}; echo ended with $?; cat"
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), line)

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        self._tmux("send-keys", *keys)

    def text(self) -> str:
        """What the terminal shows."""
        return self._tmux("capture-pane", "-p")

    def wait_for(self, words: str, *, seconds: float = 30) -> str:
        """Wait until these words are shown; gives the whole screen."""
        end = time.monotonic() + seconds
        while words not in (shown := self.text()):
            assert time.monotonic() < end, f"{words!r} was not shown within {seconds} s; the terminal shows:\n{shown}"
            time.sleep(0.05)
        return shown

    def children(self) -> list[int]:
        """The processes that the terminal's shell has started."""
        shell = self._tmux("display-message", "-p", "#{pane_pid}").strip()
        found = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        return [int(process) for process in found]

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal while the program runs."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def hang_up(self) -> None:
        """Drop the line, as when an SSH connection breaks."""
        subprocess.run(["tmux", "-S", str(self.socket), "kill-server"], capture_output=True, check=False)

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self.socket), *arguments], capture_output=True, text=True, check=True, timeout=20
        )
        return done.stdout
