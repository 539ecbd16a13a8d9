"""Opens archives, also those inside others as far as the settings allow, and names the kinds that it does not open."""

from dataclasses import replace
from pathlib import Path

from engine.formats.bundle import Bundle
from engine.formats.content import Content, DiskFile, spooled
from engine.formats.incoming import RefusedInput
from engine.formats.limits import Limits
from engine.formats.looking import Archive, Member
from engine.formats.tarred import read_tar
from engine.formats.zipped import read_zip

#: The archives that are opened.
OPENED: frozenset[str] = frozenset({"ZIP", "tar", "gzip", "bzip2", "xz"})
_NOT_OPENED: frozenset[str] = frozenset({"7z", "RAR", "Zstandard"})


def is_archive(member: Member) -> bool:
    """Whether a file is an archive of any known kind."""
    return member.form in OPENED or member.form in _NOT_OPENED


def open_archive(
    content: Content, form: Archive, source: str, limits: Limits, spool_folder: Path
) -> Bundle | RefusedInput:
    """The files of an archive, those of archives in it included, or why it is refused."""
    if form in _NOT_OPENED:
        return RefusedInput(source, f"it is a {form} archive, which is not opened; unpack it and name its folder")
    found = (
        read_zip(content, source, limits) if form == "ZIP" else read_tar(content, form, source, limits, spool_folder)
    )
    return found if isinstance(found, RefusedInput) else opened(found, limits, spool_folder)


def opened(bundle: Bundle, limits: Limits, spool_folder: Path) -> Bundle:
    """The same files with those of the archives among them in their places."""
    if not any(is_archive(one) for one in bundle.members):
        return bundle
    members: list[Member] = []
    refused = list(bundle.refused)
    room = limits.bundle_bytes - sum(one.size for one in bundle.members)
    for one in bundle.members:
        if not is_archive(one):
            members.append(one)
            continue
        inner = _inside(one, replace(limits, nesting=limits.nesting - 1, bundle_bytes=max(room, 0)), spool_folder)
        if isinstance(inner, RefusedInput):
            refused.append(inner)
            continue
        room -= sum(file.size for file in inner.members)
        members += [replace(file, name=f"{one.name}/{file.name}") for file in inner.members]
        refused += [replace(file, path=f"{one.name}/{file.path}") for file in inner.refused]
    return Bundle(bundle.source, tuple(members), tuple(refused))


def _inside(member: Member, limits: Limits, spool_folder: Path) -> Bundle | RefusedInput:
    if member.form in _NOT_OPENED:
        return RefusedInput(member.name, f"it is a {member.form} archive, which is not opened; unpack it first")
    if limits.nesting < 0:
        return RefusedInput(member.name, "it is an archive inside an archive; intake.max_nesting opens no more of them")
    content = as_content(member, limits, spool_folder)
    if isinstance(content, RefusedInput):
        return content
    return open_archive(content, member.form, member.name, limits, spool_folder)  # type: ignore[arg-type]  # One of OPENED.


def as_content(member: Member, limits: Limits, spool_folder: Path) -> Content | RefusedInput:
    """A file as one that can be jumped in: itself where it lies on the disk, else put aside."""
    try:
        if member.path is not None:
            return DiskFile(member.path)
        with member.open() as file:
            spool = spooled(file, spool_folder, limits.file_bytes)
    except OSError as error:
        return RefusedInput(member.name, f"it cannot be read: {error.strerror}")
    return spool or RefusedInput(member.name, "it is larger than it says")
