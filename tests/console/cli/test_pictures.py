"""The commands that look at pictures, run as a unit would: gallery, permit, referrals, search, two examiners."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from config.paths import Paths
from tests.console.cli.program import ACCOUNT, Installed, Program
from tests.jobs.pictures import astronaut, beside, hopper, mirrored, nobody

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery of two people, with a file that is no picture and one that shows nobody; a folder of reports."""
    folder = tmp_path_factory.mktemp("pictures")
    save(folder / "people" / "Collins" / "first.png", astronaut())
    save(folder / "people" / "Hopper" / "first.png", hopper())
    save(folder / "people" / "Hopper" / "nobody.png", nobody())
    (folder / "people" / "Hopper" / "broken.jpg").write_bytes(b"no picture")
    save(folder / "reports" / "one" / "a.png", mirrored(astronaut()))
    save(folder / "reports" / "two.png", nobody())
    return folder


def save(path: Path, picture: Image.Image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


@pytest.fixture(scope="module")
def filled(template: Path, pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of a demonstration with a filled gallery, two permits, a supervisor and two examiners."""
    home = tmp_path_factory.mktemp("filled") / "home"
    shutil.copytree(template, home)
    triage = Installed(home)
    (home / "DEMO").touch()
    assert triage("user", "add", "Ada", "--role", "supervisor", "--account", ACCOUNT).code == 0
    for name in ("bo", "cy"):
        assert triage("user", "add", name, "--role", "investigator", "--account", f"account-{name}").code == 0
    assert triage("gallery", "create", "known", "--purpose", "trying out").code == 0
    assert triage("gallery", "import", "known", pictures / "people").code == 1
    for channel in ("intake", "desk"):
        granted = triage("permit", "grant", "--channel", channel, "--purpose", "trying out", "--basis", "none")
        assert granted.code == 0
    yield home
    shutil.rmtree(Paths(home).runtime, ignore_errors=True)


@pytest.fixture
def unit(filled: Path, tmp_path: Path) -> Iterator[Installed]:
    """A copy of the filled home."""
    home = tmp_path / "home"
    shutil.copytree(filled, home)
    yield Installed(home)
    shutil.rmtree(Paths(home).runtime, ignore_errors=True)


def test_detect_finds_faces_and_names_what_is_no_picture(empty: Program, tmp_path: Path) -> None:
    save(tmp_path / "two.png", beside(astronaut(), hopper()))
    (tmp_path / "none.jpg").write_bytes(b"")
    triage = Installed(empty.home)
    run = triage("detect", tmp_path / "two.png", tmp_path / "none.jpg", "--json")
    assert run.code == 1
    two, none = run.document
    assert len(two["faces"]) == 2
    assert none["error"]
    for face in two["faces"]:
        x1, y1, x2, y2 = face["box"]
        assert 0 <= x1 < x2 <= two["width"]
        assert 0 <= y1 < y2 <= two["height"]
        assert all(x1 < x < x2 and y1 < y < y2 for x, y in face["landmarks"])
    text = triage("detect", tmp_path / "two.png")
    assert text.code == 0
    assert "two.png" in text.out


def test_a_gallery_names_what_it_could_not_enrol(unit: Installed, pictures: Path) -> None:
    run = unit("gallery", "import", "known", pictures / "people", "--json")
    assert run.code == 1
    assert run.document["references"] == 2
    assert run.document["faces"] == 2
    assert run.document["no_face"] == ["Hopper/nobody.png"]
    assert [one["path"] for one in run.document["failed"]] == ["Hopper/broken.jpg"]
    assert set(run.document) == {
        "gallery",
        "references",
        "faces",
        "failed",
        "no_face",
        "several_faces",
        "suspicious",
    }
    shown = unit("gallery", "show", "known", "--json").document
    assert [(one["name"], one["faces"]) for one in shown["people"]] == [("Collins", 1), ("Hopper", 1)]


def test_a_search_needs_a_permit_and_then_finds(unit: Installed, pictures: Path) -> None:
    picture = pictures / "reports" / "one" / "a.png"
    found = unit("search", picture, "--gallery", "known", "--purpose", "tip", "--json")
    assert found.code == 0, found.err
    document = found.document
    assert document["scanned"] == document["eligible"] == 2
    assert document["exact"] is True
    assert [one["person"] for one in document["candidates"]] == ["Collins", "Hopper"]
    assert {"rank", "reference", "person", "gallery", "score", "rarity", "face"} <= set(document["candidates"][0])
    assert "Collins" in unit("search", picture, "--purpose", "tip").out
    assert unit("search", picture, "--gallery", "nowhere", "--purpose", "tip").code == 2
    assert unit("permit", "revoke", "A2").code == 0
    refused = unit("search", picture, "--purpose", "tip")
    assert refused.code == 3
    assert "permit" in refused.err


def test_two_examiners_make_an_identification(unit: Installed, pictures: Path) -> None:
    taken = unit("enqueue", "--each", "--wait", pictures / "reports", "--json")
    assert taken.code == 0, taken.err
    assert "No worker is running" in taken.err
    assert taken.document["received"] == 2
    assert [(one["id"], one["state"], one["media"]) for one in taken.document["referrals"]] == [
        ("R1", "ready", 1),
        ("R2", "ready", 1),
    ]
    assert set(taken.document) == {"batch", "received", "referrals", "refused", "warnings"}
    again = unit("enqueue", "--each", pictures / "reports", "--json").document
    assert [(one["state"], one["duplicate_of"]) for one in again["referrals"]] == [
        ("duplicate", "R1"),
        ("duplicate", "R2"),
    ]

    subject = unit("referral", "show", "R1", "--json").document["subjects"][0]
    best = subject["candidates"][0]
    assert best["name"] == "Collins"
    identify = ("decide", subject["id"], "--candidate", best["id"], "--conclusion", "identified")
    first = unit(*identify, "--as", "bo", "--json")
    assert first.document["standing"] == "awaiting_second"
    assert unit(*identify, "--as", "bo").code == 3
    second = unit(*identify, "--as", "cy", "--json")
    assert (second.document["standing"], second.document["state"]) == ("identified", "decided")
    person = unit("person", "show", best["person"], "--json").document
    assert [(one["id"], one["identified"]) for one in person["subjects"]] == [(subject["id"], True)]

    undone = unit("decide", subject["id"], "--undo", "--as", "cy", "--json")
    assert undone.document["standing"] == "awaiting_second"
    nobody_there = unit("decide", "R2", "--no-match", "--json")
    assert nobody_there.document["state"] == "decided"
    assert unit("ledger", "verify").code == 0
    assert all(batch["closes"] for batch in unit("batch", "list", "--json").document)


def test_indexes_are_built_and_checked(unit: Installed) -> None:
    built = unit("index", "build", "--json")
    assert [(one["scope"], one["faces"]) for one in built.document] == [("G1", 2)]
    assert unit("index", "check").code == 0
    assert {one["scope"]: one["behind"] for one in unit("index", "list", "--json").document} == {"G1": 0, "material": 0}
    assert unit("index", "build", "G9").code == 2


def test_an_investigator_searches_without_being_led_by_scores(unit: Installed, pictures: Path) -> None:
    shown = unit("search", pictures / "people" / "Hopper" / "first.png", "--purpose", "tip", "--as", "bo")
    assert "Hopper" in shown.out
    assert "score" not in shown.out
    assert ACCOUNT not in shown.out


def test_the_models_are_evaluated_on_labelled_pictures(empty: Program, tmp_path: Path) -> None:
    save(tmp_path / "collins.png", astronaut())
    save(tmp_path / "collins-mirrored.png", mirrored(astronaut()))
    save(tmp_path / "hopper.png", hopper())
    save(tmp_path / "nobody.png", nobody())
    pairs, people = tmp_path / "pairs.csv", tmp_path / "people.csv"
    pairs.write_text(
        "a,b,same\ncollins.png,collins-mirrored.png,1\ncollins.png,hopper.png,0\nhopper.png,nobody.png,1\n"
    )
    people.write_text("file,identity\ncollins.png,c\ncollins-mirrored.png,c\nhopper.png,h\nnobody.png,h\n")
    triage = Installed(empty.home)
    compared = triage("evaluate", "pairs", pairs, "--root", tmp_path, "--json")
    assert compared.code == 0, compared.err
    document = compared.document
    assert (document["same"], document["different"]) == (2, 1)
    assert [one["file"] for one in document["failures"]] == ["nobody.png"]
    assert document["set_threshold"]["share"] == pytest.approx(2 / 3)
    found = triage("evaluate", "identify", people, "--root", tmp_path, "--json").document
    assert (found["pictures"], found["people"], found["mated"]) == (4, 2, 4)
    assert found["ranks"] == {"1": 0.5, "5": 0.5, "10": 0.5}
    assert [one["fnir"] for one in found["fnir_at_fpir"]] == [0.5, 0.5]
    text = triage("evaluate", "identify", people, "--root", tmp_path)
    assert "rank 1" in text.out
    assert "children" in text.err
    assert triage("evaluate", "pairs", people).code == 2


def test_an_evaluation_is_written_as_a_page_with_pictures_only_where_asked_for(empty: Program, tmp_path: Path) -> None:
    save(tmp_path / "collins.png", astronaut())
    save(tmp_path / "hopper.png", hopper())
    save(tmp_path / "<script>nobody.png", nobody())
    people, report = tmp_path / "people.csv", tmp_path / "report.html"
    people.write_text("file,identity,band\ncollins.png,c,30-39\nhopper.png,c,40-49\n<script>nobody.png,h,40-49\n")
    triage = Installed(empty.home)
    run = triage("evaluate", "identify", people, "--root", tmp_path, "--report", report, "--json")
    assert run.code == 0, run.err
    page = report.read_text(encoding="utf-8")
    assert run.document["model"] in page
    assert run.document["conditions"]["licence"] in page
    assert "triage evaluate identify" in page
    assert "no face was found" in page
    assert "&lt;script&gt;nobody.png" in page
    assert "<script" not in page
    assert "data:image" not in page
    assert report.stat().st_mode & 0o777 == 0o600
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("a,b,same\ncollins.png,hopper.png,1\n")
    asked = triage("evaluate", "pairs", pairs, "--root", tmp_path, "--report", report, "--pictures")
    assert asked.code == 0, asked.err
    assert report.read_text(encoding="utf-8").count('src="data:image/jpeg;base64,') == 2
    assert [path.name for path in tmp_path.glob(".report*")] == []


def test_a_report_that_cannot_be_written_is_refused_before_the_work(empty: Program, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("file,identity\na.png,a\n")
    triage = Installed(empty.home)
    for options in (["--pictures"], ["--report", table], ["--report", tmp_path / "missing" / "report.html"]):
        assert triage("evaluate", "identify", table, *options).code == 2
    assert table.read_text() == "file,identity\na.png,a\n"
