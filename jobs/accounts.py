"""The accounts of a unit, checked each minute by the keeper: the records' own sums, and every file against the vault.

What the keeper found lies in a small file beside its sign of life, ids only, so that `triage health` need not look at
every file of the vault again.
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.paths import Paths
from engine.records import ids
from engine.records.database import unit_of
from engine.records.deployment import Records
from engine.records.intake.accounting import account
from engine.records.schema import Media, Referral, ReferralMedia, VaultObject
from engine.records.words import ReferralState

_NAMED = 20


@dataclass(frozen=True, slots=True)
class Checked:
    """What the last check found, in sentences, and how many seconds ago it was."""

    differences: tuple[str, ...]
    seconds_ago: float


def check(records: Records, paths: Paths) -> tuple[str, ...]:
    """Check the sums and the vault, and leave what was found for `last_check`; raises Down and OSError."""
    with records.database.read() as session:
        differences = (*account(session).difference, *vault_differences(session, records))
    file = _file(paths)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_text(json.dumps({"differences": differences}))
    draft.rename(file)
    return differences


def last_check(paths: Paths) -> Checked | None:
    """What the keeper found last; None where it has not looked yet or its file cannot be read."""
    try:
        found = json.loads(_file(paths).read_text())["differences"]
        return Checked(tuple(found), max(0.0, time.time() - _file(paths).stat().st_mtime))
    except (OSError, ValueError, KeyError):
        return None


def vault_differences(session: Session, records: Records) -> list[str]:
    """Files of referrals that the vault does not hold, by the referrals that need them; erased ones need none."""
    query = (
        select(ReferralMedia.referral_id, VaultObject.file)
        .join(Media, Media.id == ReferralMedia.media_id)
        .join(Referral, Referral.id == ReferralMedia.referral_id)
        .outerjoin(VaultObject, VaultObject.address == Media.address)
        .where(Referral.unit_id == unit_of(session), Referral.state != ReferralState.ERASED)
    )
    there = {f"{path.parent.name}/{path.name}" for path in records.vault.folder.glob("*/*")}
    lacking = sorted({referral_id for referral_id, file in session.execute(query) if file not in there})
    if not lacking:
        return []
    named = ", ".join(ids.public("referral", number) for number in lacking[:_NAMED])
    more = " ..." if len(lacking) > _NAMED else ""
    return [f"{len(lacking)} referrals have files that the vault does not hold: {named}{more}"]


def _file(paths: Paths) -> Path:
    return paths.heartbeat("accounts")
