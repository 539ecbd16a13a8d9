"""The widget that shows one face as terminal cells, with its caption below the picture and never on it."""

from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from console.widgets.cells import PIXEL_COLUMNS, encode
from console.widgets.enhancement import PLAIN, Enhancement
from console.widgets.picture import FacePicture, Fit, fit, sample
from console.widgets.strips import colour_strips, ramp_strips
from console.widgets.text import fitted

#: From this height on a second line of caption gives the distances between the eyes.
_DETAIL_FROM_HEIGHT = 12


class FaceView(Widget):
    """Shows one face, as large as its size allows, or a line that says there is none.

    Nothing here depends on the screen's layout (`var`, not `reactive`), so another face repaints this widget alone.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"face-view--detail", "face-view--enhanced"}
    DEFAULT_CSS = """
    FaceView {
        width: 1fr;
        height: 1fr;
        .face-view--detail { color: $text-muted; }
        .face-view--enhanced { color: $text-warning; text-style: bold; }
    }
    """
    # Selecting text would paint over the picture.
    ALLOW_SELECT = False

    picture: var[FacePicture | None] = var(None)
    """The face shown; set it with `show`."""

    enhancement: var[Enhancement] = var(PLAIN)
    """What is done to the face; the caption says so in words."""

    class Drawn(Message):
        """A face was drawn with its eyes so many pixels apart: as large as it was really on the screen."""

        def __init__(self, face_id: int | None, eye_pixels: float) -> None:
            super().__init__()
            self.face_id, self.eye_pixels = face_id, eye_pixels

    def __init__(self, *, empty: str = "no picture", id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes=classes)
        self._empty = empty
        self._lines: list[Strip] = []
        self._lines_size: Size | None = None

    def show(self, picture: FacePicture | None) -> None:
        """Show this face, or the text for none."""
        self.picture = picture

    @property
    def eye_pixels(self) -> float:
        """How many pixels lie between the eyes as shown now: two per column, one where cells are characters only.

        It is 0 without a picture. A small picture shown large has more pixels here than were ever
        recorded: `picture.source_eye_pixels` tells.
        """
        if self.picture is None or not self._picture_area(self.size).area:
            return 0.0
        width: int = self.picture.pixels.shape[1]
        pixels = self.picture.eye_fraction * width * self._placed(self.picture, self.size).pixels_per_source_pixel
        return pixels / PIXEL_COLUMNS if self.rendering == "ramp" else pixels

    def watch_picture(self) -> None:
        self._repaint()

    def watch_enhancement(self) -> None:
        self._repaint()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._lines_size = None

    def render_line(self, y: int) -> Strip:
        if self._lines_size != self.size:
            self._lines = self._draw(self.size)
            self._lines_size = self.size
            if self.picture is not None:
                self.post_message(self.Drawn(self.picture.face_id, self.eye_pixels))
        return self._lines[y]

    def _repaint(self) -> None:
        self._lines_size = None
        self.refresh()

    def _draw(self, size: Size) -> list[Strip]:
        """All lines of the widget: the picture in the middle of its area, the caption below."""
        area = self._picture_area(size)
        if self.picture is None:
            return self._middle([self._text(self._empty, min(cell_len(self._empty), size.width))], size)
        picture_lines = self._picture_lines(self.picture, size) if area.area else []
        return self._middle(picture_lines, area) + self._caption(self.picture, size)

    def _picture_lines(self, picture: FacePicture, size: Size) -> list[Strip]:
        placed, rendering = self._placed(picture, size), self.rendering
        shown = self.enhancement.applied(picture.pixels)
        pixels = sample(shown, placed, grey=rendering == "grey", enhanced=self.enhancement.sharper)
        return ramp_strips(pixels, self.rich_style) if rendering == "ramp" else colour_strips(encode(pixels))

    @property
    def rendering(self) -> Literal["colour", "grey", "ramp"]:
        """In colours, in greys, or in characters, as the terminal allows."""
        if self.app.no_color:
            return "ramp"
        if self.app.console.color_system == "truecolor":
            return "colour"
        # Among 256 colours are 26 greys and few skin colours: a grey face is truer than one in false colours.
        return "grey" if self.app.console.color_system == "256" else "ramp"

    def _placed(self, picture: FacePicture, size: Size) -> Fit:
        height, width = picture.pixels.shape[:2]
        return self.enhancement.view(fit(width, height, *self._picture_area(size)), width, height)

    def _picture_area(self, size: Size) -> Size:
        return Size(size.width, max(0, size.height - self._caption_height(size)))

    @staticmethod
    def _caption_height(size: Size) -> int:
        return 2 if size.height >= _DETAIL_FROM_HEIGHT else 1

    def _caption(self, picture: FacePicture, size: Size) -> list[Strip]:
        if self.enhancement == PLAIN:
            label = self._text(picture.label, size.width)
        else:
            label = self._text(self._enhanced(picture, size.width), size.width, "face-view--enhanced")
        shown, recorded = round(self.eye_pixels), round(picture.source_eye_pixels)
        how = {"colour": "", "grey": "in grey, ", "ramp": "in characters, "}[self.rendering]
        # From the plainest to the shortest: a number that is cut would be another number.
        details = (
            f"{how}eyes {shown} pixels apart here, {recorded} in the original",
            f"{how}eyes {shown} px, original {recorded}",
            f"{how}eyes {shown} of {recorded} px",
            f"{how}{shown}/{recorded} px",
        )
        detail = next((text for text in details if len(text) <= size.width), details[-1])
        return [label, self._text(detail, size.width, "face-view--detail")][: self._caption_height(size)]

    def _enhanced(self, picture: FacePicture, width: int) -> str:
        """What is done to the face, as plainly as there is room for."""
        words, brief = self.enhancement.words(), self.enhancement.brief()
        texts = (f"enhanced: {words}  {picture.label}", f"enhanced: {words}", words, f"enh. {brief}", brief)
        return next((text for text in texts if cell_len(text) <= width), brief)

    def _text(self, text: str, width: int, component: str | None = None) -> Strip:
        style = self.get_component_rich_style(component) if component else self.rich_style
        return Strip([Segment(fitted(text, width), style)], width)

    def _middle(self, lines: list[Strip], area: Size) -> list[Strip]:
        """The lines, all of one width, in the middle of an area of blanks."""
        style: Style = self.rich_style
        blank = Strip.blank(area.width, style)
        above = (area.height - len(lines)) // 2
        width = lines[0].cell_length if lines else 0
        left = Strip.blank((area.width - width) // 2, style)
        right = Strip.blank(area.width - width - left.cell_length, style)
        rows = [Strip.join([left, line, right]) for line in lines]
        return [blank] * above + rows + [blank] * (area.height - above - len(rows))
