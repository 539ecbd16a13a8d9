"""The part of intake that needs no turn at writing: hash a report's files and encrypt those that are new."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.formats.incoming import IncomingFile, IncomingReferral, RefusedInput
from engine.records.custody import ledger
from engine.records.custody.vault import Digest, SealedFile, Vault
from engine.records.errors import ContentChanged

_AT_ONCE = 4 << 20


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file with its digest, and encrypted unless the vault held its content already."""

    file: IncomingFile
    digest: Digest
    sealed: SealedFile | None

    def keep(self, session: Session, vault: Vault, owner: str) -> None:
        """Make it the vault's for an owner (a public id)."""
        if self.sealed is not None:
            vault.adopt(session, self.sealed, owner=owner)
            return
        if not vault.holds(session, self.digest.address):
            # It was there when the report was staged and has been erased since.
            with self.file.open() as source:
                vault.adopt(session, vault.seal(source, self.digest))
        vault.own(session, self.digest.address, owner)


@dataclass(frozen=True, slots=True)
class StagedReferral:
    """A report that is ready to be taken in; `refused` are the files left out, by its reader or here."""

    incoming: IncomingReferral
    files: tuple[StagedFile, ...]
    originals: tuple[StagedFile, ...]
    refused: tuple[RefusedInput, ...]
    #: The keyed digest of files and text, by which the same report is known again. File names do not count, nor do the
    #: documents it was read from: what they say is in the text.
    content: str


def stage(session: Session, vault: Vault, incoming: IncomingReferral) -> StagedReferral:
    """Read a report's files, which may be large, inside a mere `read` session.

    A file that has become unreadable is left out and named. Files encrypted for a report that is then not taken in
    lie unused until `Vault.sweep`.
    """
    refused = list(incoming.refused)
    seen: set[str] = set()
    files = [_staged(session, vault, file, seen, refused) for file in incoming.files]
    held = {one.digest.address for one in files if one is not None}
    originals = [_staged(session, vault, file, seen, refused) for file in incoming.originals]
    return StagedReferral(
        incoming,
        tuple(one for one in files if one is not None),
        tuple(one for one in originals if one is not None),
        tuple(refused),
        _content(vault, incoming, held),
    )


def _staged(
    session: Session, vault: Vault, file: IncomingFile, seen: set[str], refused: list[RefusedInput]
) -> StagedFile | None:
    try:
        with file.open() as source:
            # A small file is read once: out of an archive it would have to be unpacked twice.
            start = source.read(_AT_ONCE)
            whole = start if len(start) < _AT_ONCE else source
            digest = vault.digest(whole)
            is_new = digest.address not in seen and not vault.holds(session, digest.address)
            sealed = vault.seal(whole, digest) if is_new else None
    except ContentChanged:
        refused.append(RefusedInput(file.name, "it changed while it was being read; send it again once it is whole"))
    except OSError as error:
        refused.append(RefusedInput(file.name, f"it cannot be read: {error.strerror}"))
    else:
        seen.add(digest.address)
        return StagedFile(file, digest, sealed)
    return None


def _content(vault: Vault, incoming: IncomingReferral, addresses: set[str]) -> str:
    told: dict[str, object] = {"files": sorted(addresses), "narrative": incoming.narrative, "report": {}}
    facts = [*incoming.facts, *(fact for file in incoming.files for fact in file.facts)]
    if facts:
        told["facts"] = sorted([fact.kind, fact.label, fact.value, fact.path] for fact in facts)
    return vault.keys.keyed_hash(ledger.canonical(told).decode())
