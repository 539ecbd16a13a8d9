"""ZIP archives: each file is read out of the archive as a stream, and nothing is ever unpacked to a path."""

import stat
import zipfile
from functools import partial
from typing import BinaryIO

from engine.formats.bundle import Bundle, entry_name, is_hidden
from engine.formats.content import Content, as_file
from engine.formats.guarded import DAMAGE, damage, guarded
from engine.formats.incoming import RefusedInput
from engine.formats.limits import HARMLESS_BYTES, Limits
from engine.formats.looking import Member, look_at

_ENCRYPTED = 0x1
_UNIX = 3


def read_zip(content: Content, source: str, limits: Limits) -> Bundle | RefusedInput:
    """The files of a ZIP archive, or why the whole is refused."""
    try:
        archive = zipfile.ZipFile(as_file(content))
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except DAMAGE as error:
        return RefusedInput(source, f"the ZIP archive cannot be read: {damage(error).strerror}")
    reason = _refused_whole(entries, content.size, limits)
    if reason is not None:
        return RefusedInput(source, reason)
    members: list[Member] = []
    refused: list[RefusedInput] = []
    for entry in entries:
        name = entry_name(entry.filename)
        if is_hidden(name):
            continue
        found = _entry(archive, entry, name, limits)
        members.append(found) if isinstance(found, Member) else refused.append(found)
    return Bundle(source, tuple(sorted(members, key=lambda one: one.name)), tuple(refused))


def _refused_whole(entries: list[zipfile.ZipInfo], size: int, limits: Limits) -> str | None:
    if len(entries) > limits.entries:
        return f"it holds {len(entries):,} files; the setting intake.max_bundle_files allows {limits.entries:,}"
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.bundle_bytes:
        return f"it unpacks to {unpacked:,} bytes; the setting intake.max_bundle_bytes allows {limits.bundle_bytes:,}"
    # Entries may share their packed bytes, so only the sum shows what the whole unpacks to.
    if unpacked > max(HARMLESS_BYTES, size * limits.ratio):
        return f"it unpacks to {unpacked // max(size, 1):,} times its size, as archives made to do harm do"
    return None


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, limits: Limits) -> Member | RefusedInput:
    if entry.flag_bits & _ENCRYPTED:
        return RefusedInput(name, "it is encrypted; unpack the archive with its password and name the folder")
    mode = entry.external_attr >> 16
    if entry.create_system == _UNIX and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return RefusedInput(name, "it is a link or a device, not a file")
    if entry.file_size > max(HARMLESS_BYTES, entry.compress_size * limits.ratio):
        return RefusedInput(name, f"it unpacks to more than {limits.ratio} times its size (intake.max_ratio)")
    return look_at(name, entry.file_size, partial(_open, archive, entry), limits)


def _open(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> BinaryIO:
    try:
        return guarded(archive.open(entry))  # type: ignore[arg-type]  # IO[bytes] is what typeshed calls a binary file.
    except DAMAGE as error:
        raise damage(error) from error
