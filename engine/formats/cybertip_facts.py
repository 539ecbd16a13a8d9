"""What a CyberTipline report says, as facts: every element with a text, the unknown ones too, with its place."""

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from engine.formats.incoming import Fact, FactKind
from engine.formats.safe_xml import local, text_of
from engine.formats.text import clean

#: What a fact is about by its own name, else by the nearest element around it that is known. Names of NCMEC's
#: reporting API (report.cybertip.org/ispws/documentation); the form that police receive is not public.
_BY_NAME: dict[str, FactKind] = {
    "ipcaptureevent": "ip",
    "ipaddress": "ip",
    "possibleproxy": "ip",
    "address": "address",
    "estimatedlocation": "address",
    "deviceid": "device",
    "device": "device",
    "url": "url",
    "profileurl": "url",
    "webpageincident": "url",
    "originalfilehash": "file",
    "filedetails": "file",
    "personoruserreported": "person",
    "intendedrecipient": "person",
    "victim": "victim",
    "reporter": "reporter",
    "lawenforcement": "reporter",
    "incidentsummary": "incident",
    "internetdetails": "incident",
}
_NARRATIVE = frozenset({"additionalinfo", "narrative", "comments", "incidentdatetimedescription"})
_NUMBERS = ("reportid", "cybertipid", "cybertiplinereportid", "cybertipreportid", "reportnumber")


def facts_of(element: Element, path: str = "", about: FactKind = "other") -> Iterator[Fact]:
    """Every text, attribute and mark (which is "true") at and below an element, each with its path from the root."""
    # A list of what is still to be looked at, in reverse order, not recursion: reports may be nested deeply.
    waiting = [(element, path, about)]
    while waiting:
        node, where, nearest = waiting.pop()
        kind = _BY_NAME.get(local(node).lower(), nearest)
        yield from (
            Fact(kind, _last(name), clean(value).strip(), f"{where}@{_last(name)}")
            for name, value in node.attrib.items()
            if value.strip() and not _last(name).lower().startswith("schemalocation")
        )
        text = text_of(node) or ("true" if _is_mark(node, where) else "")
        if text:
            yield Fact(kind, local(node), text, where)
        waiting.extend(reversed([(child, step, kind) for child, step in _steps(node, where)]))


def report_number(root: Element) -> str | None:
    """The number of the report, from an element or an attribute of one of its usual names."""
    for node in root.iter():
        named = {_last(name).lower(): value for name, value in node.attrib.items()}
        for name in _NUMBERS:
            value = text_of(node) if local(node).lower() == name else clean(named.get(name, "")).strip()
            if value:
                return value[:80]
    return None


def narrative(root: Element) -> str | None:
    """What people wrote in the report in their own words; what they wrote about single files stays with those."""
    told: list[str] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if local(node).lower() == "filedetails":
            continue
        text = text_of(node)
        if local(node).lower() in _NARRATIVE and text and text not in told:
            told.append(text)
        waiting.extend(reversed(node))
    return "\n\n".join(told) or None


def _is_mark(node: Element, where: str) -> bool:
    """Whether an element says something by being there, such as <fileAnnotations><infant/></fileAnnotations>."""
    around = where.split("/")[-2:-1]
    return not len(node) and not node.attrib and bool(around) and "annotations" in around[0].lower()


def _steps(node: Element, where: str) -> Iterator[tuple[Element, str]]:
    """The elements in a node with the path to each, numbered where several share a name."""
    names = Counter(local(child) for child in node)
    seen: Counter[str] = Counter()
    for child in node:
        name = local(child)
        seen[name] += 1
        step = f"{name}[{seen[name]}]" if names[name] > 1 else name
        yield child, f"{where}/{step}" if where else step


def _last(name: str) -> str:
    return clean(name.rpartition("}")[2])
