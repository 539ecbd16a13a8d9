"""Project VIC's exchange format (VICS 1.x and 2.0 JSON): cases with their media entries, read entry by entry."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from engine.formats.finding import Files, path_parts
from engine.formats.incoming import Fact, IncomingFile, IncomingReferral, RefusedInput
from engine.formats.json_stream import BadJson, Event, events_of, fields, items, value_of
from engine.formats.limits import Limits
from engine.formats.looking import Member
from engine.formats.text import clean
from engine.formats.vics_facts import NARRATIVE, facts_of, plain

_WORDS = (b"projectvic", b"vicsdatamodel")
_OF_MEDIA = frozenset({"MediaID", "MD5", "SHA1", "RelativeFilePath", "MediaFiles", "PhotoDNA"})
_LOOKED_AT = 1 << 16


def is_vics(member: Member) -> bool:
    """Whether a file looks like VICS."""
    if member.form != "JSON":
        return False
    try:
        with member.open() as file:
            head = file.read(_LOOKED_AT).replace(b"\0", b"").lower()
    except OSError:
        return False
    return any(word in head for word in _WORDS) or (b'"media"' in head and b'"mediaid"' in head)


def read_vics(member: Member, source: str, files: Files, limits: Limits) -> Iterator[IncomingReferral | RefusedInput]:
    """A referral for each case in the file, or why it is refused; what was read before it broke off is kept."""
    case = _Case()
    try:
        with member.open() as file:
            for is_media, entry in entries(events_of(file, limits.list_bytes)):
                if is_media:
                    case.add(entry)
                else:
                    case.told = entry
                    yield case.referral(member, source, files)
                    case = _Case()
    except (BadJson, OSError, StopIteration) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        case.broken = f"VICS: {reason}" if str(reason) else "VICS: it ends too early"
    if case.entries:
        yield case.referral(member, source, files)
    elif case.broken:
        yield RefusedInput(source, case.broken)


def entries(events: Iterator[Event]) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Each media entry as (True, entry), and after those of a case the rest of it as (False, case)."""
    event, _ = next(events, ("", None))
    if event == "start_array":
        yield from _values(events)
    elif event == "start_map":
        for key, first in fields(events):
            if key == "value" and first[0] == "start_array":
                yield from _values(events)
            else:
                value_of(first, events)
    else:
        raise BadJson("it holds no list of cases or media")
    for _ in events:
        pass  # What follows must be well-formed too.


def _values(events: Iterator[Event]) -> Iterator[tuple[bool, dict[str, Any]]]:
    for first in items(events):
        if first[0] != "start_map":
            value_of(first, events)
            continue
        told: dict[str, Any] = {}
        has_media = False
        for key, value in fields(events):
            if key.lower() == "media" and value[0] == "start_array":
                has_media = True
                for one in items(events):
                    entry = value_of(one, events)
                    if isinstance(entry, dict):
                        yield True, entry
            else:
                told[key] = value_of(value, events)
        # A list of media only has its entries where others have cases.
        yield (not has_media and bool(_OF_MEDIA & told.keys())), told


@dataclass(slots=True)
class _Case:
    """What is known of a case so far: the facts of each file by its path in the order they came."""

    told: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, list[Fact]] = field(default_factory=dict)
    entries: int = 0
    unnamed: int = 0
    broken: str = ""

    def add(self, entry: dict[str, Any]) -> None:
        """Take a media entry in; several may speak of one file."""
        self.entries += 1
        name = _file_name(entry)
        if not name:
            self.unnamed += 1
            return
        known = self.facts.setdefault(name, [])
        seen = sum(fact.label == "MediaID" for fact in known)
        place = f"Media[{seen + 1}]" if known and seen else "Media"
        known += facts_of(entry, place, "file")

    def referral(self, member: Member, source: str, files: Files) -> IncomingReferral | RefusedInput:
        """The case as a referral."""
        found: list[IncomingFile] = []
        refused = [RefusedInput(member.name, self.broken)] if self.broken else []
        for name, facts in self.facts.items():
            file = files.find(name)
            if isinstance(file, RefusedInput):
                refused.append(file)
            else:
                found.append(replace(file.incoming(), facts=tuple(dict.fromkeys(facts))))
        if self.unnamed:
            refused.append(RefusedInput(member.name, f"{self.unnamed} of its entries name no file"))
        if not found:
            return RefusedInput(source, self._why_empty())
        told = self.told.get(NARRATIVE)
        return IncomingReferral(
            source,
            tuple(found),
            tuple(refused),
            report_number=plain(self.told.get("CaseNumber"))[:80] or None,
            narrative=told if isinstance(told, str) else None,
            facts=tuple(dict.fromkeys(facts_of(self.told, "", "other"))),
            originals=(member.incoming(),),
        )

    def _why_empty(self) -> str:
        return (
            f"VICS: none of the files that its {self.entries} entries name came with it; "
            "a list of hashes alone is imported as a hash list"
        )


def _file_name(entry: dict[str, Any]) -> str:
    """The path of the entry's stored file, with slashes."""
    for name in (entry.get("RelativeFilePath"), *_media_files(entry)):
        if isinstance(name, str) and path_parts(name):
            return "/".join(path_parts(clean(name)))
    return ""


def _media_files(entry: dict[str, Any]) -> Iterator[Any]:
    found = entry.get("MediaFiles")
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            yield one.get("FileName")
