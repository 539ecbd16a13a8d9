"""The master key of a deployment and the keys derived from it, one per use.

The master key is 32 random bytes, written as hex to a file that its owner alone can read. HKDF (RFC 5869) with SHA-256
derives the others, so that what one use could leak says nothing about another.
"""

import hashlib
import hmac
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.records.custody.files import draft, settle, sync_folder
from engine.records.errors import KeysError

_BYTES = 32


@dataclass(frozen=True)
class Keys:
    """The keys of one deployment; printing this shows none of them."""

    master: bytes = field(repr=False)

    @cached_property
    def vault(self) -> bytes:
        """Wraps the data keys of the vault's objects."""
        return self._derive(b"vault wrap")

    @cached_property
    def ledger(self) -> bytes:
        """Seals the events of the ledger."""
        return self._derive(b"ledger")

    @cached_property
    def addresses(self) -> bytes:
        """Hashes contents into addresses that say nothing without this key."""
        return self._derive(b"addresses")

    @cached_property
    def check(self) -> str:
        """What the database keeps to know this master key again, as hex; it tells nothing of the key."""
        return self._derive(b"check").hex()

    def hasher(self) -> hmac.HMAC:
        """A fresh keyed hash (HMAC-SHA-256) for contents that come piece by piece."""
        return hmac.new(self.addresses, digestmod=hashlib.sha256)

    def keyed_hash(self, text: str) -> str:
        """The keyed hash of a text, as hex: what the ledger holds in place of the text."""
        return hmac.new(self._texts, text.encode(), hashlib.sha256).hexdigest()

    @cached_property
    def _texts(self) -> bytes:
        return self._derive(b"texts")

    def _derive(self, use: bytes) -> bytes:
        return HKDF(SHA256(), _BYTES, salt=None, info=b"triage 1 " + use).derive(self.master)


def load_keys(path: Path) -> Keys:
    """Read the master key; raises KeysError where it is missing, open to others or no key."""
    try:
        status = path.lstat()
        text = path.read_text("ascii")
    except FileNotFoundError:
        raise KeysError(
            f"The master key {path} is missing; without it the vault cannot be read.",
            f"Put the key's backup back at {path}. Never make a new one: it cannot open the old vault.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeysError(
            f"The master key {path} cannot be read: {error}.", "Put the key's backup back in its place."
        ) from error
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) & 0o077:
        raise KeysError(
            f"The master key {path} is not a file that only this account can read.", f"Run: chmod 600 {path}"
        )
    try:
        master = bytes.fromhex(text.strip())
    except ValueError:
        master = b""
    if len(master) != _BYTES:
        raise KeysError(f"{path} does not hold a master key.", "Put the key's backup back in its place.")
    return Keys(master)


def create_keys(path: Path) -> Keys:
    """Make the master key unless another process has just made it, and read it."""
    with draft(path.parent) as (written, file):
        file.write(os.urandom(_BYTES).hex().encode() + b"\n")
        settle(file)
        # A link, unlike a rename, never replaces a key that is there already.
        with suppress(FileExistsError):
            os.link(written, path)
    sync_folder(path.parent)
    return load_keys(path)
