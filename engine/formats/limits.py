"""How much of one report is looked at before it is refused; the deployment's settings fill it in."""

from dataclasses import dataclass

_MEBIBYTE = 1024**2
_GIBIBYTE = 1024**3


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what is read, in bytes, files, levels and as unpacked to packed; none where a caller sets no other."""

    file_bytes: int = 4 * _GIBIBYTE
    #: What an archive may hold once unpacked, and how many times its own size that may be.
    bundle_bytes: int = 32 * _GIBIBYTE
    ratio: int = 100
    entries: int = 200_000
    #: How many archives may lie inside each other below the first.
    nesting: int = 1
    xml_bytes: int = 32 * _MEBIBYTE
    xml_depth: int = 100
    #: A list of files: VICS or a manifest, which are read piece by piece.
    list_bytes: int = _GIBIBYTE


#: Below this an archive may unpack to any multiple of its size: it does no harm.
HARMLESS_BYTES = 16 * _MEBIBYTE
