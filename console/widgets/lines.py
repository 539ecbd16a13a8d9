"""A piece of text in a fixed place: wrapped into the lines there are, the last one cut where it is longer."""

from typing import ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from console.widgets.text import fitted, harmless


class Lines(Widget):
    """Shows a text from anywhere in as many lines as it is high; another text repaints it and moves nothing."""

    DEFAULT_CSS: ClassVar[str] = """
    Lines { height: 1; }
    """
    ALLOW_SELECT = False

    text: var[str] = var("")
    """What is shown; each line of it begins a new one."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes=classes)
        self.set_reactive(Lines.text, text)

    def watch_text(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, height = self.content_size
        if not width:
            return Strip.blank(0)
        lines = self._wrapped(width)
        if len(lines) > height:
            # What follows the last line that fits is joined to it, so that the cut shows.
            lines = [*lines[: height - 1], " ".join(lines[height - 1 :])]
        return Strip([Segment(fitted(lines[y] if y < len(lines) else "", width), self.rich_style)], width)

    def _wrapped(self, width: int) -> list[str]:
        lines = []
        for line in self.text.splitlines():
            wrapped = Text(harmless(line)).wrap(self.app.console, width)
            lines += [part.plain.rstrip() for part in wrapped] or [""]
        return lines
