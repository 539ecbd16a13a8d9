"""`triage health`: the exit codes of a monitoring plugin, whatever happens, and one answer in three forms."""

from prometheus_client.parser import text_string_to_metric_families

from engine.records.deployment import Records
from engine.records.words import ReferralState as S
from tests.console.cli.program import Program
from tests.console.cli.reports import bring_to, report, take_in


def test_no_services_are_a_warning_though_nothing_waits(triage: Program) -> None:
    run = triage("health")
    assert run.code == 1
    assert run.out.startswith("WARNING\n")
    document = triage("health", "--json").document
    assert document["level"] == "warning"
    assert ["No services are running" in one["message"] for one in document["findings"]] == [True]


def test_work_that_nobody_does_is_critical(triage: Program, records: Records) -> None:
    take_in(records, report())
    run = triage("health")
    assert run.code == 2
    assert run.out.startswith("CRITICAL\n")
    assert "triage up" in run.out


def test_a_failed_referral_is_a_warning_even_without_services(triage: Program, records: Records) -> None:
    (referral,) = take_in(records, report())
    bring_to(records, referral, S.QUEUED, S.FAILED, reason="its file is gone")
    run = triage("health")
    assert run.code == 1
    assert "triage jobs failed" in run.out
    failed = triage("jobs", "failed")
    assert "its file is gone" in failed.out
    assert [one["id"] for one in triage("jobs", "failed", "--json").document["referrals"]] == ["R1"]


def test_sums_that_do_not_close_are_critical(triage: Program, records: Records) -> None:
    (referral,) = take_in(records, report(), inputs=2)
    bring_to(records, referral, S.QUEUED, S.WORKING, S.READY)
    run = triage("health")
    assert run.code == 2
    assert "B1" in run.out
    shown = triage("batch", "show", "B1")
    assert shown.code == 1
    assert "B1 had 2 inputs" in shown.out
    assert triage("batch", "list", "--json").document[0]["closes"] is False


def test_what_cannot_be_told_is_unknown(empty: Program) -> None:
    run = empty("health", TRIAGE_HEALTH__NONSENSE="1")
    assert run.code == 3
    assert run.out.startswith("CANNOT TELL: ")
    document = empty("health", "--json", TRIAGE_HEALTH__NONSENSE="1").document
    assert document["level"] == "unknown"
    (empty.home / "triage.sqlite3").write_bytes(b"no database" * 100)
    assert empty("health").code == 3


def test_prometheus_reads_it(triage: Program, records: Records) -> None:
    take_in(records, report("one"), report("two"))
    run = triage("health", "--prometheus")
    assert run.code == 2
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(run.out)
        for sample in family.samples
    }
    assert samples["triage_level",] == 2
    assert samples["triage_referrals", "received"] == 2
    assert samples["triage_referrals_waiting", "normal"] == 2
    assert samples["triage_redis_up",] == 0
