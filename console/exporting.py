"""Hands a referral out: the archive is made in private, then remembered, and only then put where it can be taken."""

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from sqlalchemy.orm import Session

from config.export import Export as ExportSettings
from console.cli.opening import Deployment
from console.connection import key_of_connection
from console.identity import Identity
from engine.formats.export.archive import Entry, Written, write_archive
from engine.formats.export.content import ExportedReport
from engine.formats.export.sheet import Fonts
from engine.records.actors import Actor
from engine.records.custody.files import draft, settle, sync_folder
from engine.records.errors import Refused
from engine.records.review.export_content import Exporter, gather
from engine.records.review.exports import Archive, Handing, record_export, require_export
from engine.records.review.viewing import Viewer
from engine.records.schema import Export
from engine.search.rarity import Rarity, words

#: Where systems keep the font that is taken when none is set.
_DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
_VAULTS = ("M", "F", "E")

Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that was remembered, and what was in its archive."""

    export: Export
    written: Written


@dataclass(frozen=True, slots=True)
class _Order:
    """One export as it was asked for."""

    here: Deployment
    referral_id: int
    handing: Handing
    who: Identity

    @property
    def settings(self) -> ExportSettings:
        return self.here.settings.export

    def report(self) -> ExportedReport:
        """What may leave, as much as the exporter sees; raises as `require_export` does."""
        database, vault = self.here.records.database, self.here.records.vault

        def open_file(address: str) -> BinaryIO:
            with database.read() as session:
                return vault.file(session, address)

        with database.read() as session:
            user = self.who.user(session, self.here.paths)
            investigators = self.settings.investigators
            require_export(session, self.referral_id, self.handing, investigators=investigators, actor=Actor.user(user))
            viewer = Viewer(user.role, user.id, hide_scores=self.here.settings.review.hide_scores)
            program = f"Triage {version('triage')}"
            exporter = Exporter(user, viewer, program, lambda rarity: words(Rarity(**rarity)))
            return gather(session, vault, self.referral_id, self.handing, exporter, open_file)

    def remember(self, file: BinaryIO, written: Written) -> Export:
        """Record what is about to leave; the file is read once more for the hash of its bytes."""
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # A file opened to read.
        archive = Archive(sha256, file.tell(), tuple((one.of, one.sha256) for one in written.entries if _of_vault(one)))
        with self.here.records.database.write() as session:
            return self._record(session, archive)

    def _record(self, session: Session, archive: Archive) -> Export:
        # Asked again: whoever was revoked while the archive was made hands nothing out.
        actor = Actor.user(self.who.user(session, self.here.paths))
        investigators = self.settings.investigators
        return record_export(session, self.referral_id, self.handing, archive, investigators=investigators, actor=actor)


def export_to_file(
    here: Deployment,
    referral_id: int,
    handing: Handing,
    as_name: str | None,
    target: Path,
    force: bool,
    advance: Advance,
) -> Exported:
    """Write the archive to a file (mode 0600), whole or not at all.

    force: replace a file that is there. Raises Refused for one that is, and what `require_export` and `gather` raise.
    """
    order = _Order(here, referral_id, handing, Identity(key_of_connection(), as_name))
    report = order.report()
    if not force:
        _must_be_free(target)
    with draft(target.parent) as (path, file):
        written = write_archive(report, file, fonts(here.settings.export), advance)
        settle(file)
        with path.open("rb") as made:
            export = order.remember(made, written)
        _publish(path, target, force)
    sync_folder(target.parent)
    return Exported(export, written)


def export_to_stream(
    here: Deployment, referral_id: int, handing: Handing, as_name: str | None, stream: BinaryIO, advance: Advance
) -> Exported:
    """Write the archive to a stream, from a file without a name in the home that goes with the program."""
    order = _Order(here, referral_id, handing, Identity(key_of_connection(), as_name))
    report = order.report()
    with TemporaryFile(dir=here.paths.home) as file:
        written = write_archive(report, file, fonts(here.settings.export), advance)
        export = order.remember(file, written)
        file.seek(0)
        shutil.copyfileobj(file, stream)
        stream.flush()
    return Exported(export, written)


def fonts(settings: ExportSettings) -> Fonts:
    """The fonts of the PDF: the unit's own, else DejaVu Sans where it is installed."""
    if settings.font is not None:
        return Fonts(Path(settings.font))
    plain, bold = _DEJAVU / "DejaVuSans.ttf", _DEJAVU / "DejaVuSans-Bold.ttf"
    return Fonts(plain, bold if bold.exists() else None) if plain.exists() else Fonts()


def _of_vault(entry: Entry) -> bool:
    return entry.of.startswith(_VAULTS)


def _publish(path: Path, target: Path, force: bool) -> None:
    """Give the draft its name; without force never in the place of another file."""
    if force:
        path.replace(target)
        return
    try:
        os.link(path, target)
    except FileExistsError:
        _must_be_free(target)
    except OSError:
        # Sticks and network folders know no links.
        _must_be_free(target)
        path.rename(target)


def _must_be_free(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise Refused(f"{target} is there already.", "Choose another name, or replace it with --force.")
