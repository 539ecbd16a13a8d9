"""The page of an evaluation: one file that needs nothing else, with every figure, and safe from names out there."""

import re
from html.parser import HTMLParser

import pytest

from console.evaluation.page import files_of_errors, identify_page, pairs_page
from engine.search.evaluation.identification import IdentifyReport
from engine.search.evaluation.tables import LabelledPair, LabelledPicture
from engine.search.evaluation.verification import PairReport
from jobs.evaluation import Evaluation
from jobs.evaluation_conditions import Conditions
from tests.engine.search.evaluation.labelled import Model, compare, identify

HOSTILE = "<script>alert('x')</script>\"'&amp;.jpg"
CONDITIONS = Conditions(
    made_at="2026-05-04T12:03:59+00:00",
    model="a-model",
    space="0123456789abcdef",
    metric="euclidean",
    dimension=4,
    weights_sha256="w" * 64,
    alignment="five points",
    licence="some licence <b>",
    trained_on="adults",
    validated_on="nothing",
    caution="Model a-model of this unit; not validated on children by Triage.",
    detector="a-detector",
    detector_licence="another licence",
    table=HOSTILE,
    table_sha256="t" * 64,
    rows=7,
    root="/pictures",
    programs={"python": "3.11.0"},
)
PLACES = {f"{person}-{picture}": 10 * person + 1 + 0.1 * picture for person in range(24) for picture in range(2)}
WITHOUT_END = {"meta", "br", "img"}


class Reader(HTMLParser):
    """What a browser would see: the tags with their attributes, and all text outside the style sheet."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in WITHOUT_END:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words += f" {data}"


def searches() -> IdentifyReport:
    """24 people with two pictures each, a hostile name close to one of them, a picture far off, one without a face."""
    table = [LabelledPicture(name, name.split("-")[0], {HOSTILE: "x" if "1-" in name else HOSTILE}) for name in PLACES]
    table += [LabelledPicture(HOSTILE, HOSTILE), LabelledPicture(f"no face {HOSTILE}", HOSTILE)]
    return identify([*table, LabelledPicture("far", "0")], Model(PLACES | {HOSTILE: 1.04, "far": 25.0}))


def comparisons() -> PairReport:
    """Pairs of the same people, one of them with a picture without a face."""
    table = [LabelledPair(f"{person}-0", f"{person}-1", True, {HOSTILE: "x"}) for person in range(24)]
    table += [LabelledPair(f"{person}-0", f"{person - 1}-1", False, {HOSTILE: "y"}) for person in range(1, 24)]
    return compare([*table, LabelledPair(HOSTILE, "0-0", True)], Model(PLACES), 0.4)


def searches_page(pictures: dict[str, bytes] | None = None) -> str:
    return identify_page(Evaluation(searches(), CONDITIONS), f"triage evaluate {HOSTILE}", pictures or {})


def comparisons_page() -> str:
    return pairs_page(Evaluation(comparisons(), CONDITIONS), f"triage evaluate {HOSTILE}", {})


@pytest.mark.parametrize("make", [searches_page, comparisons_page])
def test_a_page_needs_nothing_else_runs_nothing_and_shows_names_as_they_are(make: type) -> None:
    page = make()
    read = Reader(page)
    assert read.open == []
    assert not {tag for tag, _ in read.tags} & {"script", "link", "iframe", "object", "embed", "base", "form", "img"}
    for tag, attributes in read.tags:
        assert not {name for name in attributes if name.startswith("on") or name in {"href", "src"}}, tag
    assert "default-src 'none'" in page
    assert set(re.findall(r"url\([^)]*\)", page)) <= {"url(#hatch)"}
    assert not re.findall(r"@import|https?:", page)
    assert "<script" not in page
    assert read.words.count(HOSTILE) >= 4, "the table, the command, the column and the picture without a face"


@pytest.mark.parametrize("make", [searches_page, comparisons_page])
def test_a_page_says_what_it_rests_on(make: type) -> None:
    words = Reader(make()).words
    for said in (
        CONDITIONS.caution,
        "These figures say nothing about children unless",
        "a-model",
        "0123456789abcdef",
        "some licence <b>",
        "t" * 64,
        "1,000 times",
        "bootstrap over people, seed",
        "2026-05-04 12:03 UTC",
        "too few to say",
        "no face found",
    ):
        assert said in words, said


def test_the_page_of_searches_says_its_figures_and_defines_them() -> None:
    words = Reader(searches_page()).words
    assert "51 pictures of 25 people" in words
    # The hostile name lies between the two pictures of the first person; "far" finds four other people before its own.
    assert "at rank 1 46 at rank 2 to 10 3 at rank 11 to 50 0 further down 0" in words
    assert "never: a picture could not be enrolled 2" in words
    assert "together 51" in words
    for term in ("FNIR, false negative identification rate", "FPIR, false positive identification rate", "rank 50"):
        assert term in words
    assert "cannot show so low a rate" in words


def test_the_page_of_pairs_says_its_figures() -> None:
    words = Reader(comparisons_page()).words
    assert "compared 24 23 with a picture that has no usable face 1 0 together 25 23" in words
    assert "FRR, false reject rate" in words
    assert "missed at the threshold 0.4000 (FRR) 4.0 % 95 %: " in words


def test_pictures_are_shown_only_where_they_are_given() -> None:
    report = searches()
    files = files_of_errors(report)
    assert "far" in files
    assert len(files) == len(set(files))
    assert not any(file.startswith("no face") for file in files)
    page = searches_page({"far": b"\xff\xd8crop"})
    sources = [attributes["src"] for tag, attributes in Reader(page).tags if tag == "img"]
    assert sources
    assert set(sources) == {"data:image/jpeg;base64,/9hjcm9w"}
    assert "This page holds crops of faces." in page
    assert "It holds no pictures." in searches_page()


def test_an_evaluation_without_any_figure_is_still_a_page() -> None:
    alone = identify([LabelledPicture("x", "Emma")], Model({}))
    assert "No search had a mate." in identify_page(Evaluation(alone, CONDITIONS), "triage", {})
    none = compare([LabelledPair("x", "y", True)], Model({}), 0.4)
    assert "There are no scores." in pairs_page(Evaluation(none, CONDITIONS), "triage", {})
