"""The accounts that the keeper checks each minute: what the vault lacks is told with the referrals that need it."""

from engine.records.schema import Referral, VaultObject
from jobs.accounts import check, last_check
from jobs.diagnosis import Level
from jobs.health import take_snapshot
from jobs.reconcile import differences, reconcile
from tests.jobs.referrals_world import ACTOR, a_referral, fail, state_of, waiting


def test_a_file_that_the_vault_lost_is_told_with_its_referrals(records, settings, paths) -> None:
    whole, broken = a_referral(records, 1), a_referral(records, 2)
    assert last_check(paths) is None
    assert check(records, paths) == ()
    with records.database.read() as session:
        first, second = session.query(VaultObject).order_by(VaultObject.address).all()
    files = {one.file for one in (first, second)}
    lost = files.pop()
    (records.vault.folder / lost).unlink()
    (told,) = check(records, paths)
    assert told.startswith("1 referrals have files that the vault does not hold: R")
    assert told.rpartition(" ")[2] in (f"R{whole}", f"R{broken}")
    seen = last_check(paths)
    assert seen is not None
    assert seen.differences == (told,)
    findings = {one.message: one.level for one in take_snapshot(records, settings, paths).findings}
    assert findings[f"The sums do not close: {told}."] is Level.CRITICAL


def test_what_differs_in_redis_is_named_and_left_as_it_is(records, redis, settings) -> None:
    lost, spent = a_referral(records, 1), a_referral(records, 2)
    reconcile(records, redis, settings, ACTOR)
    first, second = waiting(redis)
    fail(redis, second)
    redis.lrem("rq:queue:normal", 0, first)
    before = [state_of(records, number) for number in (lost, spent)]
    found = differences(records, redis, settings)
    assert (found.waiting, list(found.spent)) == (2, [second])
    assert lost in [entry.referral_id for entry in found.lacking]
    assert [state_of(records, number) for number in (lost, spent)] == before
    assert waiting(redis) == []
    with records.database.read() as session:
        assert session.query(Referral).count() == 2
