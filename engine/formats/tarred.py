"""Tar archives, plain or compressed: a compressed one is put aside once, as its files lie anywhere in it."""

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from engine.formats.bundle import Bundle, entry_name, is_hidden
from engine.formats.content import Content, Spool, as_file
from engine.formats.guarded import DAMAGE, DamagedArchive, damage
from engine.formats.incoming import RefusedInput
from engine.formats.limits import HARMLESS_BYTES, Limits
from engine.formats.looking import Archive, Member, form_of, look_at

_CHUNK = 1 << 20
#: More than a tar's header ever needs: tarfile reads the long ones whole, whatever size they claim.
_LONGEST_READ = 8 << 20
_XZ_MEMORY = 256 << 20
_BLOCK = 512
_REST = "(the rest of the archive)"


def read_tar(content: Content, form: Archive, source: str, limits: Limits, spool_folder: Path) -> Bundle | RefusedInput:
    """The files of a tar archive, or why the whole is refused."""
    try:
        if form != "tar":
            content = _unpacked(content, form, limits, spool_folder)
        return _bundle(content, source, limits)
    except DAMAGE as error:
        return RefusedInput(source, f"the {form} archive cannot be read: {damage(error).strerror}")


def _bundle(content: Content, source: str, limits: Limits) -> Bundle | RefusedInput:
    members: list[Member] = []
    refused: list[RefusedInput] = []
    last = -1
    with tarfile.open(fileobj=_Careful(as_file(content)), mode="r:", errors="surrogateescape") as archive:
        number = 0
        while (entry := archive.next()) is not None:
            number += 1
            if number > limits.entries:
                return RefusedInput(source, f"it holds more than {limits.entries:,} files (intake.max_bundle_files)")
            # A header may claim a negative size, which would lead back to itself for ever.
            if entry.offset <= last:
                raise DamagedArchive("its headers go in circles")
            last = entry.offset
            # Kept, they would hold every header in memory.
            archive.members = []  # type: ignore[attr-defined]  # Typeshed leaves it out.
            name = entry_name(entry.name)
            if entry.isdir() or is_hidden(name):
                continue
            found = _entry(content, entry, name, limits)
            members.append(found) if isinstance(found, Member) else refused.append(found)
        # The library takes a damaged header for the end.
        if content.read_at(archive.offset, _BLOCK).strip(b"\0"):
            refused.append(RefusedInput(_REST, f"the archive is damaged from byte {archive.offset:,} on"))
    return Bundle(source, tuple(sorted(members, key=lambda one: one.name)), tuple(refused))


def _entry(content: Content, entry: tarfile.TarInfo, name: str, limits: Limits) -> Member | RefusedInput:
    if not entry.isreg() or entry.issparse():
        return RefusedInput(name, "it is a link, a device or a sparse file, not a plain file")
    if entry.offset_data + entry.size > content.size:
        return RefusedInput(name, "the archive ends before it does")
    return look_at(name, entry.size, partial(as_file, content, entry.offset_data, entry.size), limits)


def _unpacked(content: Content, form: Archive, limits: Limits, spool_folder: Path) -> Spool:
    spool = Spool(spool_folder)
    most = min(limits.bundle_bytes, max(HARMLESS_BYTES, content.size * limits.ratio))
    for chunk in _streams(content, form):
        if spool.size == 0 and form_of(chunk) != "tar":
            raise DamagedArchive("what it holds is no tar archive; unpack it and name the file")
        spool.write(chunk)
        if spool.size > most:
            raise DamagedArchive(
                f"it unpacks to more than {most:,} bytes, which intake.max_ratio and intake.max_bundle_bytes allow"
            )
    return spool


def _streams(content: Content, form: Archive) -> Iterator[bytes]:
    if form == "xz":
        yield from _xz(as_file(content))
        return
    with gzip.open(as_file(content)) if form == "gzip" else bz2.open(as_file(content)) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _xz(file: BinaryIO) -> Iterator[bytes]:
    data = file.read(_CHUNK)
    while data:
        decoder = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
        while not decoder.eof:
            if decoder.needs_input and not data and not (data := file.read(_CHUNK)):
                raise EOFError
            chunk = decoder.decompress(data, _CHUNK)
            data = b""
            if chunk:
                yield chunk
        # Streams may follow each other, with padding of zeros between them.
        data = (decoder.unused_data or file.read(_CHUNK)).lstrip(b"\0")


class _Careful(io.BytesIO):
    """A file that hands out no more than a header at once."""

    def __init__(self, inner: BinaryIO) -> None:
        super().__init__()
        self._inner = inner

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or not 0 <= size <= _LONGEST_READ:
            raise DamagedArchive("a header of impossible size")
        return self._inner.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        return self._inner.tell()
