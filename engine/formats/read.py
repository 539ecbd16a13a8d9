"""Reads whatever a path or a stream holds into referrals, in one of the formats that Triage knows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from engine.formats import manifest
from engine.formats.archives import OPENED, as_content, is_archive, open_archive, opened
from engine.formats.bundle import Bundle
from engine.formats.content import Spool, as_file
from engine.formats.cybertip import is_report, read_cybertip
from engine.formats.finding import Beside, Files, Nowhere, Within
from engine.formats.folder import entries, is_folder, read_folder
from engine.formats.incoming import Incoming, IncomingReferral, RefusedInput
from engine.formats.limits import Limits
from engine.formats.looking import Member, look_at, look_at_path
from engine.formats.plain import read_plain
from engine.formats.text import printable
from engine.formats.vics import is_vics, read_vics


class Format(StrEnum):
    """What an input is taken for; auto looks inside."""

    AUTO = "auto"
    FOLDER = "folder"
    ARCHIVE = "archive"
    CYBERTIP = "cybertip"
    VICS = "vics"
    MANIFEST = "manifest"


def _nothing(_: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How inputs are read: `each` makes every sub-folder and file of an input a referral of its own.

    spool_folder: a private folder for what must be put aside while it is read. expect: told how many referrals an input
    may become, before the first, where that is known. Whatever cannot be taken in comes as a RefusedInput with its
    reason; nothing is raised for bad input.
    """

    spool_folder: Path
    limits: Limits = field(default_factory=Limits)
    each: bool = False
    format: Format = Format.AUTO
    expect: Callable[[int], None] = _nothing

    def read(self, path: Path) -> Iterator[Incoming]:
        """The referrals at a path, one at a time."""
        if not is_folder(path):
            yield from self._file(look_at_path(path, path.name, self.limits), printable(path), path.parent)
        elif self.each and not _speaks_for_all(path, self.limits, self.format):
            yield from self._each_entry(path)
        else:
            bundle = opened(read_folder(path, self.limits), self.limits, self.spool_folder)
            yield from self._bundle(bundle, "folder", self.each)

    def read_spool(self, spool: Spool, source: str, beside: Path | None) -> Iterator[Incoming]:
        """The referrals in what came as a stream; files that a list names lie beside, in a folder, or nowhere."""
        found = look_at(source, spool.size, lambda: as_file(spool), self.limits)
        yield from self._file(found, source, beside, spool)

    def _each_entry(self, folder: Path) -> Iterator[Incoming]:
        try:
            found = entries(folder)
        except OSError as error:
            yield RefusedInput(printable(folder), f"the folder cannot be listed: {error.strerror}")
            return
        if not found:
            yield RefusedInput(printable(folder), "the folder is empty")
        self.expect(len(found))
        for path in found:
            if is_folder(path):
                bundle = opened(read_folder(path, self.limits), self.limits, self.spool_folder)
                yield from self._bundle(bundle, "folder", each=False)
            else:
                member = look_at_path(path, path.name, self.limits)
                yield from self._file(member, printable(path), folder, each=False)

    def _file(
        self,
        member: Member | RefusedInput,
        source: str,
        folder: Path | None,
        spool: Spool | None = None,
        each: bool | None = None,
    ) -> Iterator[Incoming]:
        if isinstance(member, RefusedInput):
            yield RefusedInput(source, member.reason)
            return
        if is_archive(member):
            yield from self._archive(member, source, spool, self.each if each is None else each)
            return
        files = Nowhere() if folder is None else Beside(folder, self.limits)
        yield from self._list_or_single(member, source, files, from_stream=spool is not None)

    def _archive(self, member: Member, source: str, spool: Spool | None, each: bool) -> Iterator[Incoming]:
        if self.format is Format.FOLDER and spool is None:
            yield RefusedInput(source, "it is not a folder; leave out --format folder")
            return
        content = spool or as_content(member, self.limits, self.spool_folder)
        if isinstance(content, RefusedInput):
            yield RefusedInput(source, content.reason)
            return
        bundle = open_archive(content, member.form, source, self.limits, self.spool_folder)  # type: ignore[arg-type]  # is_archive said so.
        if isinstance(bundle, RefusedInput):
            yield bundle
        else:
            yield from self._bundle(bundle, "archive", each)

    def _list_or_single(
        self, member: Member, source: str, files: Files, *, from_stream: bool = False
    ) -> Iterator[Incoming]:
        wanted, auto = self.format, self.format is Format.AUTO
        if wanted is Format.VICS or (auto and is_vics(member)):
            yield from read_vics(member, source, files, self.limits)
        elif wanted is Format.MANIFEST or (auto and manifest.is_manifest(member, any_name=from_stream)):
            yield from manifest.read_manifest(member, source, files, self.limits)
        elif wanted is Format.CYBERTIP or (auto and is_report(member)):
            yield from read_cybertip(Bundle(source, (member,)), self.limits)
        elif wanted is Format.FOLDER:
            yield RefusedInput(source, "it is not a folder; leave out --format folder")
        elif wanted is Format.ARCHIVE:
            yield RefusedInput(source, f"it is no archive of a kind that is opened ({', '.join(sorted(OPENED))})")
        else:
            yield IncomingReferral(source, (member.incoming(),))

    def _bundle(self, bundle: Bundle, what: str, each: bool) -> Iterator[Incoming]:
        wanted = self.format
        top = _lists(bundle)
        if wanted is Format.CYBERTIP or (wanted is Format.AUTO and not each and any(map(is_report, bundle.members))):
            yield from read_cybertip(bundle, self.limits)
        elif wanted is Format.VICS or (wanted is Format.AUTO and any(map(is_vics, top))):
            found = [one for one in (top if wanted is Format.AUTO else bundle.members) if is_vics(one)]
            yield from self._listed(bundle, found, "VICS")
        elif wanted is Format.MANIFEST or (wanted is Format.AUTO and any(map(_is_named_manifest, top))):
            found = [one for one in top if (_is_named_manifest if wanted is Format.AUTO else manifest.is_manifest)(one)]
            yield from self._listed(bundle, found, "manifest")
        elif each:
            yield from self._each_of(bundle, what)
        else:
            yield read_plain(bundle, what)

    def _each_of(self, bundle: Bundle, what: str) -> Iterator[Incoming]:
        found = list(bundle.each())
        if not found:
            yield RefusedInput(bundle.source, f"the {what} is empty")
        self.expect(len(found))
        for one in found:
            if isinstance(one, Bundle):
                yield from self._bundle(one, "folder", each=False)
            elif isinstance(one, RefusedInput):
                yield RefusedInput(f"{bundle.source}/{one.path}", one.reason)
            else:
                yield from self._list_or_single(one, f"{bundle.source}/{one.name}", Within(bundle))

    def _listed(self, bundle: Bundle, lists: list[Member], what: str) -> Iterator[Incoming]:
        """The referrals of the lists in a bundle; files that no list names are refused, so that none goes unseen."""
        if not lists:
            yield RefusedInput(bundle.source, f"no {what} is in it")
            return
        named = {one.name for one in lists}
        for member in lists:
            folder = member.name.removesuffix(member.base)
            files = _Noting(Within(bundle, folder), named)
            source = f"{bundle.source}/{member.name}"
            reader = read_vics if what == "VICS" else manifest.read_manifest
            yield from reader(member, source, files, self.limits)
        for one in bundle.members:
            if one.name not in named:
                yield RefusedInput(f"{bundle.source}/{one.name}", f"the {what} does not name it")
        for refused in bundle.refused:
            yield RefusedInput(f"{bundle.source}/{refused.path}", refused.reason)


@dataclass(frozen=True, slots=True)
class _Noting:
    """Finds files as another does, and notes which were found."""

    files: Files
    found: set[str]

    def find(self, name: str) -> Member | RefusedInput:
        """The file of a name, or why it is refused."""
        one = self.files.find(name)
        if isinstance(one, Member):
            self.found.add(one.name)
        return one


def _lists(bundle: Bundle) -> list[Member]:
    """The files at the top of a bundle, or at the top of the one folder in it, that may be a list of the others."""
    tops = {one.name.partition("/")[0] for one in bundle.members}
    deepest = 1 if len(tops) == 1 else 0
    return [one for one in bundle.members if one.kind == "unknown" and one.name.count("/") <= deepest]


def _is_named_manifest(member: Member) -> bool:
    return member.base.lower() in manifest.NAMES and manifest.is_manifest(member)


def _speaks_for_all(folder: Path, limits: Limits, wanted: Format) -> bool:
    """Whether a folder holds a list of the referrals in it, so that its entries are none of their own."""
    if wanted is not Format.AUTO:
        return wanted in (Format.VICS, Format.MANIFEST)
    try:
        named = [path for path in entries(folder) if path.name.lower() in manifest.NAMES or path.suffix == ".json"]
    except OSError:
        return False
    found = [look_at_path(path, path.name, limits) for path in named]
    return any(isinstance(one, Member) and (is_vics(one) or _is_named_manifest(one)) for one in found)
