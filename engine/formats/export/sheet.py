"""Paper to write a report on: headings, facts, tables and crops, one below the other.

fpdf2 draws it: it is plain Python, and takes text as text where others read markup in it, which a report's own words
could then misuse. A character that the font lacks is written as its code point, so that nothing vanishes unseen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import zip_longest
from pathlib import Path

from fontTools.ttLib import TTLibError
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from config.errors import InvalidSetting
from engine.formats.export.content import Picture
from engine.formats.export.thumbnails import thumbnail

_SANS, _MONO = "Report", "Courier"
#: Millimetres: the width of names in lists of facts, of a crop, and between crops.
_NAMES, _CROP, _GAP = 32.0, 30.0, 4.0
_FAINT, _INK = 95, 20
#: Characters of a cell that fit on a page even in a narrow column.
_LONGEST_CELL = 500


@dataclass(frozen=True, slots=True)
class Fonts:
    """TrueType files for the text and for what stands out; without them Helvetica is used, which is Latin only."""

    plain: Path | None = None
    bold: Path | None = None


class _Paper(FPDF):
    """A4 with a line at the foot of each page."""

    foot = ""

    def footer(self) -> None:
        """The line, with the number of the page."""
        self.set_y(-13)
        self.set_font(self.font_family, "", 8)
        self.set_text_color(_FAINT)
        self.cell(0, 5, f"{self.foot}    page {self.page_no()} of {{nb}}", align="C")


class Sheet:
    """A report on paper as it grows."""

    def __init__(self, *, title: str, foot: str, creator: str, made_at: datetime, fonts: Fonts) -> None:
        """foot: the line below each page. Raises InvalidSetting for a font that is none."""
        self._pdf = _Paper(format="A4")
        self._family, self._known = self._load(fonts)
        self._pdf.foot = self._writable(foot.replace("\n", " "))[:100]
        self._pdf.set_creation_date(made_at)
        self._pdf.set_title(title)
        self._pdf.set_creator(creator)
        self._pdf.set_lang("en")
        self._pdf.set_margin(16)
        self._pdf.set_auto_page_break(auto=True, margin=18)
        self._pdf.add_page()

    def pdf(self) -> bytes:
        """The PDF, once everything is on it."""
        return bytes(self._pdf.output())

    def _load(self, fonts: Fonts) -> tuple[str, frozenset[int] | None]:
        """The family to write with, and the code points it has; none stands for Latin-1."""
        if fonts.plain is None:
            self._pdf.set_font("Helvetica", "", 9)
            return "Helvetica", None
        try:
            self._pdf.add_font(_SANS, "", fonts.plain)
            self._pdf.add_font(_SANS, "B", fonts.bold or fonts.plain)
        except (OSError, TTLibError, ValueError) as error:
            raise InvalidSetting(
                f"{fonts.plain} cannot be used as a font: {error}.",
                "Set export.font to a TrueType file, or leave it out.",
            ) from error
        self._pdf.set_font(_SANS, "", 9)
        font = self._pdf.current_font
        return _SANS, frozenset(font.cmap) if isinstance(font, TTFFont) else None

    def _style(self, size: float, *, bold: bool = False, ink: int = _INK) -> None:
        self._pdf.set_font(self._family, "B" if bold else "", size)
        self._pdf.set_text_color(ink)

    def _writable(self, text: str) -> str:
        return "".join(one if self._has(one) else f"<U+{ord(one):04X}>" for one in text.expandtabs(4))

    def _has(self, character: str) -> bool:
        if character == "\n":
            return True
        if self._known is None:
            return " " <= character <= "~" or "\xa0" <= character <= "\xff"
        return ord(character) in self._known and character.isprintable()

    def title(self, text: str) -> None:
        """The report's title."""
        self._style(18, bold=True)
        self._paragraph(text, 8.5)
        self._pdf.ln(2)

    def section(self, text: str) -> None:
        """The beginning of a section, kept with what follows."""
        if self._pdf.will_page_break(30):
            self._pdf.add_page()
        self._pdf.ln(4)
        self._pdf.set_draw_color(_INK)
        self._pdf.line(self._pdf.l_margin, self._pdf.get_y(), self._pdf.w - self._pdf.r_margin, self._pdf.get_y())
        self._pdf.ln(1.5)
        self._style(13, bold=True)
        self._paragraph(text, 6.5)

    def heading(self, text: str) -> None:
        """A smaller heading."""
        if self._pdf.will_page_break(22):
            self._pdf.add_page()
        self._pdf.ln(1.5)
        self._style(10.5, bold=True)
        self._paragraph(text, 5.5)

    def text(self, words: str) -> None:
        """A paragraph; nothing for no words."""
        if words:
            self._style(9.5)
            self._paragraph(words, 4.8)

    def box(self, words: str) -> None:
        """A caution in a frame."""
        self._style(10, bold=True)
        self._pdf.ln(1.5)
        self._pdf.multi_cell(
            0, 6, self._writable(words), border=1, align="L", padding=2, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def hash(self, sha256: str) -> None:
        """A SHA-256 in one line."""
        self._pdf.set_font(_MONO, "", 8)
        self._pdf.cell(0, 4.2, f"SHA-256 {sha256}", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names and values beside each other."""
        for name, value in rows:
            if self._pdf.will_page_break(6):
                self._pdf.add_page()
            self._style(9.5, ink=_FAINT)
            self._pdf.cell(_NAMES, 4.8, self._writable(name))
            self._style(9.5)
            self._pdf.multi_cell(0, 4.8, self._writable(value), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def rows(self, rows: Sequence[Sequence[str]], widths: tuple[int, ...] | None = None) -> None:
        """A table, its heading first and repeated on every page."""
        self._pdf.ln(1)
        self._style(8.5)
        with self._pdf.table(
            col_widths=widths, line_height=4.2, text_align="LEFT", borders_layout="HORIZONTAL_LINES"
        ) as table:
            for row in rows:
                for part in zip_longest(*(_pieces(self._writable(value)) for value in row), fillvalue=""):
                    line = table.row()
                    for value in part:
                        line.cell(value)
        self._pdf.ln(1)

    def crops(self, pictures: Sequence[Picture]) -> None:
        """Crops side by side, each with what it is."""
        across = int((self._pdf.epw + _GAP) // (_CROP + _GAP))
        for first in range(0, len(pictures), across):
            if self._pdf.will_page_break(_CROP + 14):
                self._pdf.add_page()
            self._pdf.ln(1.5)
            top, lowest = self._pdf.get_y(), self._pdf.get_y()
            for place, picture in enumerate(pictures[first : first + across]):
                left = self._pdf.l_margin + place * (_CROP + _GAP)
                self._draw(picture, left, top)
                self._pdf.set_xy(left, top + _CROP + 0.5)
                self._style(7, ink=_FAINT)
                self._pdf.multi_cell(_CROP, 3, self._writable(f"{picture.id}, {picture.about}"), align="L")
                lowest = max(lowest, self._pdf.get_y())
            self._pdf.set_xy(self._pdf.l_margin, lowest + 1.5)

    def _draw(self, picture: Picture, left: float, top: float) -> None:
        small = thumbnail(picture.data)
        if small is None:
            self._pdf.rect(left, top, _CROP, _CROP)
        else:
            self._pdf.image(BytesIO(small), left, top, _CROP, _CROP, keep_aspect_ratio=True)

    def _paragraph(self, text: str, height: float) -> None:
        self._pdf.multi_cell(0, height, self._writable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _pieces(text: str) -> list[str]:
    """A cell's text in one line, in pieces that fit on a page: what came from outside may be of any length."""
    flat = " ".join(text.splitlines())
    return [flat[at : at + _LONGEST_CELL] for at in range(0, len(flat), _LONGEST_CELL)] or [""]
