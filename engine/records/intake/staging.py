"""The part of intake that needs no turn at writing: hash a report's files and encrypt those that are new."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.formats.incoming import IncomingFile, IncomingReferral, RefusedInput
from engine.records.custody import ledger
from engine.records.custody.vault import Digest, SealedFile, Vault
from engine.records.errors import ContentChanged


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file with its digest, and encrypted unless the vault held its content already."""

    file: IncomingFile
    digest: Digest
    sealed: SealedFile | None


@dataclass(frozen=True, slots=True)
class StagedReferral:
    """A report that is ready to be taken in; `refused` are the files left out, by its reader or here."""

    incoming: IncomingReferral
    files: tuple[StagedFile, ...]
    refused: tuple[RefusedInput, ...]
    #: The keyed digest of files and text, by which the same report is known again. File names do not count.
    content: str


def stage(session: Session, vault: Vault, incoming: IncomingReferral) -> StagedReferral:
    """Read a report's files, which may be large, inside a mere `read` session.

    A file that has become unreadable is left out and named. Files encrypted for a report that is then not taken in
    lie unused until `Vault.sweep`.
    """
    staged: list[StagedFile] = []
    refused = list(incoming.refused)
    seen: set[str] = set()
    for file in incoming.files:
        try:
            with file.open() as source:
                digest = vault.digest(source)
                is_new = digest.address not in seen and not vault.holds(session, digest.address)
                staged.append(StagedFile(file, digest, vault.seal(source, digest) if is_new else None))
        except OSError as error:
            refused.append(RefusedInput(file.name, f"it cannot be read: {error.strerror}"))
        except ContentChanged:
            refused.append(
                RefusedInput(file.name, "it changed while it was being read; send it again once it is whole")
            )
        else:
            seen.add(digest.address)
    return StagedReferral(incoming, tuple(staged), tuple(refused), _content(vault, incoming, seen))


def _content(vault: Vault, incoming: IncomingReferral, addresses: set[str]) -> str:
    told = {"files": sorted(addresses), "narrative": incoming.narrative, "report": dict(incoming.report)}
    return vault.keys.keyed_hash(ledger.canonical(told).decode())
