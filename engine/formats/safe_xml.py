"""Reads XML that somebody else wrote: without document types, entities or references, within a size and a depth."""

from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder  # The element type; parsing is defusedxml's.

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from engine.formats.limits import Limits
from engine.formats.text import clean

_CHUNK = 1 << 16


class BadXml(Exception):
    """An XML document that is not read; the message says why."""


def read_xml(file: BinaryIO, limits: Limits) -> Element:
    """The document's root; raises BadXml, and OSError where the file cannot be read."""
    parser = DefusedXMLParser(target=_Bounded(limits.xml_depth), forbid_dtd=True)
    size = 0
    try:
        while data := file.read(_CHUNK):
            size += len(data)
            if size > limits.xml_bytes:
                raise BadXml(f"it has more than {limits.xml_bytes:,} bytes (intake.max_xml_bytes)")
            parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise BadXml("it declares a document type or entities, which are never followed") from error
    except (ParseError, ValueError, LookupError, AssertionError) as error:
        raise BadXml(f"it is not well-formed XML: {clean(str(error))}") from error
    return root


def local(element: Element) -> str:
    """An element's name without its namespace."""
    tag = element.tag
    return clean(tag.rpartition("}")[2]) if isinstance(tag, str) else ""


def text_of(element: Element) -> str:
    """An element's own text, trimmed."""
    return clean(element.text or "").strip()


class _Bounded(TreeBuilder):
    """Builds the tree, down to a depth."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self._left = depth

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self._left -= 1
        if self._left < 0:
            raise BadXml("its elements are nested deeper than intake.max_xml_depth allows")
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Element:
        self._left += 1
        return super().end(tag)
