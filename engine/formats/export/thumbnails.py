"""Crops as a report shows them: small enough that a hundred of them stay one page; the archive has them as they are."""

from io import BytesIO

from PIL import Image

#: Pixels of the longer side: twice what a screen or paper shows of it.
_SIDE = 400
_QUALITY = 88


def thumbnail(data: bytes) -> bytes | None:
    """A picture as a JPEG of at most 400 pixels a side; none for what is no picture."""
    buffer = BytesIO()
    try:
        with Image.open(BytesIO(data)) as image:
            small = image.convert("RGB")
            small.thumbnail((_SIDE, _SIDE))
            small.save(buffer, "JPEG", quality=_QUALITY)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    return buffer.getvalue()
