"""The encrypted store of media and crops: one object per content, kept while somebody owns it.

The bytes lie in files, the keys to them in the database: an object is there when its row is. A file without a row is
left over from a crash and swept away; deleting the row already makes the file unreadable.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from engine.records.custody import container
from engine.records.custody.files import draft, settle, sync_folder
from engine.records.custody.keys import Keys
from engine.records.custody.plain_file import PlainFile
from engine.records.database import after_commit
from engine.records.errors import ContentChanged, VaultError
from engine.records.schema import VaultObject, VaultOwner, now


@dataclass(frozen=True, slots=True)
class Digest:
    """What a content is known by: its address (keyed), its plain SHA-256 as hex and its size in bytes.

    md5, sha1: as bytes, for lists of known files only: contents of the same MD5 or SHA-1 can be made on purpose.
    """

    address: str
    sha256: str
    size: int
    md5: bytes
    sha1: bytes


@dataclass(frozen=True, slots=True)
class SealedFile:
    """An encrypted file that no row names yet: `name` is its path below the vault's folder."""

    digest: Digest
    name: str
    wrapped_key: bytes


@dataclass(frozen=True, slots=True)
class Vault:
    """The vault in a folder, under the deployment's keys."""

    folder: Path
    keys: Keys

    def digest(self, data: bytes | BinaryIO) -> Digest:
        """Address, hashes and size of a content, read once and piece by piece."""
        keyed, plain, size = self.keys.hasher(), hashlib.sha256(), 0
        md5, sha1 = hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False)
        for chunk in _chunks(data):
            keyed.update(chunk)
            plain.update(chunk)
            md5.update(chunk)
            sha1.update(chunk)
            size += len(chunk)
        return Digest(keyed.hexdigest(), plain.hexdigest(), size, md5.digest(), sha1.digest())

    def address_of(self, data: bytes | BinaryIO) -> str:
        """The address that a content has, whether it is stored or not."""
        return self.digest(data).address

    def put(self, session: Session, data: bytes | BinaryIO, *, owner: str) -> str:
        """Store a content for an owner (a public id) and give its address; stored already, it gets one more owner."""
        digest = self.digest(data)
        if not self.holds(session, digest.address):
            self.adopt(session, self.seal(data, digest))
        self.own(session, digest.address, owner)
        return digest.address

    def seal(self, data: bytes | BinaryIO, digest: Digest) -> SealedFile:
        """Encrypt a content into a file of its own, which needs no transaction.

        Raises ContentChanged where the content is no longer the digest's, VaultError where the file cannot be written.
        """
        key = container.new_key()
        name = os.urandom(16).hex()
        name = f"{name[:2]}/{name}"
        try:
            self._write(self.folder / name, data, key, digest)
        except OSError as error:
            raise VaultError(
                f"The vault {self.folder} cannot be written: {error.strerror}.",
                "Make room or restore access, then repeat.",
            ) from error
        return SealedFile(digest, name, container.wrap(key, self.keys.vault, digest.address))

    def adopt(self, session: Session, sealed: SealedFile, *, owner: str | None = None) -> None:
        """Make a sealed file the object at its address, or remove the file if the object is there by now.

        owner: a public id that is to own the object from the start.
        """
        digest = sealed.digest
        if self.holds(session, digest.address):
            self.discard(sealed)
            if owner is not None:
                self.own(session, digest.address, owner)
            return
        row = VaultObject(address=digest.address, size=digest.size, file=sealed.name, wrapped_key=sealed.wrapped_key)
        session.add(row)
        session.flush()
        if owner is not None:
            # What is new has no owner yet, so there is none to look for.
            session.add(VaultOwner(address=digest.address, owner=owner))

    def discard(self, sealed: SealedFile) -> None:
        """Remove a sealed file that is not needed after all."""
        (self.folder / sealed.name).unlink(missing_ok=True)

    def holds(self, session: Session, address: str) -> bool:
        """Whether a content is stored."""
        return session.get(VaultObject, address) is not None

    def own(self, session: Session, address: str, owner: str) -> None:
        """Add an owner to a stored object, once; raises VaultError where nothing is stored at the address."""
        self._row(session, address)
        query = select(VaultOwner.id).where(VaultOwner.address == address, VaultOwner.owner == owner)
        if session.scalar(query) is None:
            session.add(VaultOwner(address=address, owner=owner))
            session.flush()

    def release(self, session: Session, address: str, owner: str) -> bool:
        """Take an owner away; with the last one the key goes, and the file once that is committed. Says whether."""
        session.execute(delete(VaultOwner).where(VaultOwner.address == address, VaultOwner.owner == owner))
        if session.scalar(select(func.count()).where(VaultOwner.address == address)):
            return False
        row = session.get(VaultObject, address)
        if row is None:
            return False
        session.delete(row)
        session.flush()
        after_commit(session, partial((self.folder / row.file).unlink, missing_ok=True))
        return True

    def owners(self, session: Session, address: str) -> list[str]:
        """The public ids of everything that keeps an object."""
        query = select(VaultOwner.owner).where(VaultOwner.address == address).order_by(VaultOwner.id)
        return list(session.scalars(query))

    def read(self, session: Session, address: str) -> bytes:
        """The plain bytes of an object; raises VaultError where it is missing or was altered."""
        return b"".join(self.open(session, address))

    def open(self, session: Session, address: str) -> Iterator[bytes]:
        """The plain bytes of an object in chunks; raises VaultError, a cut-off end only after the last whole chunk."""
        row = self._row(session, address)
        key = container.unwrap(row.wrapped_key, self.keys.vault, address)
        return self._unsealed(self.folder / row.file, key, address)

    def file(self, session: Session, address: str) -> BinaryIO:
        """The plain bytes of an object as a file to jump in, for objects too large for memory; it outlives the session.

        Raises VaultError where the object is missing, and wherever the file is read and was altered.
        """
        row = self._row(session, address)
        key = container.unwrap(row.wrapped_key, self.keys.vault, address)
        return BufferedReader(PlainFile(_sealed(self.folder / row.file, address), row.size, key, address))

    def sweep(self, session: Session, *, older_than: timedelta) -> list[Path]:
        """Remove files that no row names and that are old enough to belong to no work in progress."""
        known = set(session.scalars(select(VaultObject.file)))
        newest = (now() - older_than).timestamp()
        orphans = [
            path
            for path in self.folder.glob("*/*")
            if str(path.relative_to(self.folder)) not in known and path.stat().st_mtime <= newest
        ]
        for path in orphans:
            path.unlink(missing_ok=True)
        return orphans

    def _write(self, path: Path, data: bytes | BinaryIO, key: bytes, digest: Digest) -> None:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        keyed = self.keys.hasher()
        with draft(path.parent) as (written, file):
            container.seal(_hashed(_chunks(data), keyed.update), file, key, digest.address)
            if keyed.hexdigest() != digest.address:
                raise ContentChanged("A content changed while it was read.", "Repeat it once nothing writes to it.")
            settle(file)
            written.rename(path)
        sync_folder(path.parent)

    def _row(self, session: Session, address: str) -> VaultObject:
        row = session.get(VaultObject, address)
        if row is None:
            raise VaultError(f"The vault holds no object {address}.", "It was erased, or never stored here.")
        return row

    def _unsealed(self, path: Path, key: bytes, address: str) -> Iterator[bytes]:
        with _sealed(path, address) as file:
            yield from container.unseal(file, key, address)


def _sealed(path: Path, address: str) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise VaultError(
            f"The file of the vault's object {address} cannot be read: {error.strerror}.",
            f"Put {path} back from a backup of this home.",
        ) from error


def _chunks(data: bytes | BinaryIO) -> Iterator[bytes]:
    file = BytesIO(data) if isinstance(data, bytes) else data
    file.seek(0)
    while chunk := file.read(container.CHUNK):
        yield chunk


def _hashed(chunks: Iterator[bytes], update: Callable[[bytes], None]) -> Iterator[bytes]:
    for chunk in chunks:
        update(chunk)
        yield chunk
