"""The report as a page: one HTML file without scripts that needs nothing else, for the screen and for paper."""

import base64

from jinja2 import Environment, PackageLoader, StrictUndefined

from engine.formats.export import wording
from engine.formats.export.content import LEAD, ExportedReport, Picture
from engine.formats.export.thumbnails import thumbnail


def page(report: ExportedReport) -> bytes:
    """The page as UTF-8; whatever came from outside is escaped."""
    environment = Environment(
        loader=PackageLoader("engine.formats.export"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["data_uri"] = _data_uri
    made = environment.get_template("report.html").render(report=report, wording=wording, lead=LEAD)
    return made.encode()


def _data_uri(picture: Picture) -> str:
    small = thumbnail(picture.data)
    return "data:image/jpeg;base64," + base64.b64encode(small or b"").decode("ascii")
