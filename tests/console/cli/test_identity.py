"""Who acts: the account that is signed in, and nothing that anybody can type or set."""

from engine.records.deployment import Records
from tests.console.cli.conftest import SUPERVISOR
from tests.console.cli.program import ACCOUNT, Program


def test_the_owner_of_a_home_adds_users_until_there_is_a_supervisor(empty: Program) -> None:
    added = empty("user", "add", "Ib", "--role", "investigator", "--account", ACCOUNT)
    assert added.code == 0
    assert "--role supervisor" in added.err
    assert empty("user", "add", "Ada", "--role", "supervisor", "--account", "ada").code == 0
    refused = empty("user", "add", "Bo", "--role", "investigator", "--account", "bo")
    assert refused.code == 3
    assert "supervisor" in refused.err
    assert [user["name"] for user in empty("user", "list", "--json").document] == ["Ada", "Ib"]


def test_the_environment_names_nobody(triage: Program) -> None:
    run = triage("case", "create", "Amber", USER="mallory", LOGNAME="mallory", SUDO_USER="mallory")
    assert run.code == 0
    assert triage("ledger", "list", "--json").document[0]["actor"] == "user:1"


def test_an_account_without_a_user_learns_how_to_get_one(empty: Program) -> None:
    run = empty("person", "relate", "P1", "P2", "sister")
    assert run.code == 3
    assert f"triage user add NAME --role investigator --account {ACCOUNT}" in run.err


def test_nobody_is_played_in_a_real_home(triage: Program) -> None:
    run = triage("case", "create", "Amber", "--as", SUPERVISOR)
    assert run.code == 3
    assert "no demonstration" in run.err
    assert triage("case", "list", "--json").document == []


def test_users_are_played_in_a_demonstration(triage: Program) -> None:
    assert triage("user", "add", "Ib", "--role", "investigator").code == 0
    (triage.home / "DEMO").touch()
    assert triage("case", "create", "Amber", "--as", "Ib").code == 0
    assert triage("ledger", "list", "--json").document[0]["actor"] == "user:2"
    assert triage("case", "create", "Blue", "--as", "Nobody").code == 2


def test_an_investigator_cannot_read_the_first_examiners_verdict_in_the_ledger(triage: Program) -> None:
    assert triage("user", "add", "Ib", "--role", "investigator").code == 0
    (triage.home / "DEMO").touch()
    refused = triage("ledger", "list", "--as", "Ib")
    assert refused.code == 3
    assert "auditor or supervisor" in refused.err
    assert triage("ledger", "verify").code == 0


def test_a_revoked_user_acts_no_more(triage: Program) -> None:
    assert triage("user", "revoke", SUPERVISOR).code == 0
    assert triage("user", "list", "--json").document == []
    assert triage("user", "list", "--all", "--json").document[0]["revoked"] is not None
    refused = triage("referral", "hold", "R1", "--reason", "why")
    assert refused.code == 3


def test_the_first_galleries_need_no_user(empty: Program, records: Records) -> None:
    assert empty("gallery", "create", "known", "--purpose", "trying out").code == 0
    assert empty("ledger", "list", "--json").document[0]["actor"] == "setup"
