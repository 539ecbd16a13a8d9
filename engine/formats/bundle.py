"""Files that came together, in a folder or an archive, under names that are names only and never paths of this disk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine.formats.incoming import RefusedInput
from engine.formats.looking import Member
from engine.formats.text import clean


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of a folder or an archive in the order of their names, and what of it is refused."""

    source: str
    members: tuple[Member, ...]
    refused: tuple[RefusedInput, ...] = ()

    def under(self, folder: str) -> "Bundle":
        """What lies in a folder of it, under the names it has there; `folder` ends with a slash."""
        inside = [
            replace(one, name=one.name.removeprefix(folder)) for one in self.members if one.name.startswith(folder)
        ]
        refused = [
            replace(one, path=one.path.removeprefix(folder)) for one in self.refused if one.path.startswith(folder)
        ]
        return Bundle(f"{self.source}/{folder.rstrip('/')}", tuple(inside), tuple(refused))

    def each(self) -> Iterator["Bundle | Member | RefusedInput"]:
        """The sub-folders and files at its top; a lone folder that holds only folders counts as the top itself."""
        top = self._lone_folder()
        if top is not None:
            yield from self.under(top).each()
            return
        done: set[str] = set()
        both: list[Member | RefusedInput] = [*self.members, *self.refused]
        for one in sorted(both, key=_name):
            first, slash, _ = _name(one).partition("/")
            if not slash:
                yield one
            elif first not in done:
                done.add(first)
                yield self.under(f"{first}/")

    def _lone_folder(self) -> str | None:
        names = [one.name.split("/") for one in self.members] + [one.path.split("/") for one in self.refused]
        only = {parts[0] for parts in names}
        return f"{only.pop()}/" if len(only) == 1 and all(len(parts) > 2 for parts in names) else None


def entry_name(name: str) -> str:
    """The name of an archive's entry as text with slashes; it is shown and stored, and nothing is opened by it."""
    return clean(name).replace("\\", "/").strip("/") or "(no name)"


def is_hidden(name: str) -> bool:
    """Whether a file is passed over: systems' own notes beside the files, of which no sender knows."""
    parts = name.split("/")
    return parts[0] == "__MACOSX" or any(part.startswith(".") and part not in (".", "..") for part in parts)


def why_empty(refused: Sequence[RefusedInput], what: str) -> str:
    """Why nothing came of a folder or an archive."""
    if not refused:
        return f"the {what} holds no files"
    shown = "; ".join(f"{file.path}: {file.reason}" for file in refused[:_REASONS_SHOWN])
    more = len(refused) - _REASONS_SHOWN
    return f"nothing in the {what} can be taken in: {shown}" + (f"; and {more} more" if more > 0 else "")


_REASONS_SHOWN = 3


def _name(one: Member | RefusedInput) -> str:
    return one.name if isinstance(one, Member) else one.path
