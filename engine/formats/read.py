"""Reads whatever a path names into referrals, in one of the formats that Triage knows."""

from collections.abc import Iterator
from pathlib import Path

from engine.formats.folder import entries, is_folder, read_folder
from engine.formats.incoming import IncomingReferral, RefusedInput, printable
from engine.formats.single import read_file

#: Auto takes a folder as one report and a file as one of a single picture or video.
SUPPORTED = ("auto", "folder")


def read(
    path: Path,
    *,
    each: bool = False,
    format: str = "auto",  # noqa: A002 (the option's name)
    max_file_bytes: int | None = None,
) -> Iterator[IncomingReferral | RefusedInput]:
    """The referrals at a path, one at a time; with `each`, every sub-folder and file of a folder is one of its own.

    Whatever cannot be taken in comes as a RefusedInput with its reason; nothing is raised for bad input.
    """
    if format not in SUPPORTED:
        yield RefusedInput(printable(path), f"the format {format} is not supported; use {' or '.join(SUPPORTED)}")
    elif not is_folder(path):
        yield _not_a_folder(path, format, max_file_bytes)
    elif each:
        yield from _each(path, max_file_bytes)
    else:
        yield read_folder(path, max_file_bytes)


def _each(folder: Path, max_file_bytes: int | None) -> Iterator[IncomingReferral | RefusedInput]:
    try:
        found = entries(folder)
    except OSError as error:
        yield RefusedInput(printable(folder), f"the folder cannot be listed: {error.strerror}")
        return
    if not found:
        yield RefusedInput(printable(folder), "the folder is empty")
    for path in found:
        reader = read_folder if is_folder(path) else read_file
        yield reader(path, max_file_bytes)


def _not_a_folder(path: Path, format_name: str, max_file_bytes: int | None) -> IncomingReferral | RefusedInput:
    if format_name == "folder":
        return RefusedInput(printable(path), "it is not a folder; leave out --format folder")
    return read_file(path, max_file_bytes)
