"""`triage hashlist`: lists come in, are shown and checked, name files of before and after, and go again."""

import hashlib

from engine.records.deployment import Records
from tests.console.cli.program import Program
from tests.console.cli.reports import report, take_in

TERMS = ("--meaning", "identified-victim", "--source", "INTERPOL", "--basis", "act 12")


def test_a_list_names_files_that_came_before_and_is_removed(triage: Program, records: Records, tmp_path) -> None:
    assert "triage hashlist import" in triage("hashlist", "list").out
    take_in(records, report("one", b"one"))
    file = tmp_path / "list.txt"
    file.write_text(f"{hashlib.md5(b'one').hexdigest()}\n{hashlib.sha1(b'two').hexdigest()}\nnothing\n")
    imported = triage("hashlist", "import", "icse", file, *TERMS, "--json")
    assert imported.code == 1, imported.err
    assert (imported.document["entries"], imported.document["new_hits"]) == (2, ["M1"])
    assert imported.document["unusable_entries"] == [{"place": "line 3", "reason": "it holds no MD5, SHA-1 or SHA-256"}]
    assert imported.document["hashes"] == {"md5": 1, "sha1": 1}
    assert "identified victim (icse, by MD5, which can be forged)" in triage("referral", "show", "R1").out
    assert triage("referral", "list", "--json").document[0]["known_files"] == "1 of 1 known: 1 identified victim"
    (tmp_path / "two").write_bytes(b"two")
    assert [one["list"] for one in triage("hashlist", "check", tmp_path / "two", "--json").document] == ["icse"]
    again = triage("hashlist", "import", "icse", file, *TERMS)
    assert (again.code, "already" in again.err) == (1, True)
    assert triage("hashlist", "remove", "icse").code == 0
    assert triage("hashlist", "list", "--json").document == []
    assert triage("hashlist", "check", tmp_path / "two", "--json").document == []
    assert triage("referral", "list", "--json").document[0]["known_files"] is None


def test_a_file_without_a_hash_is_refused_and_leaves_no_list(triage: Program, tmp_path) -> None:
    (tmp_path / "empty.txt").write_text("# nothing\n")
    refused = triage("hashlist", "import", "none", tmp_path / "empty.txt", *TERMS)
    assert refused.code == 2
    assert "--format" in refused.err
    assert triage("hashlist", "list", "--json").document == []
    assert triage("hashlist", "show", "none").code == 2
