"""The fold of conclusions: who must agree before a subject is identified."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from engine.records.review.standing import (
    ABOUT_A_CANDIDATE,
    Opinion,
    Owner,
    OwnerKind,
    Standing,
    fold,
    in_force,
    verdicts,
)
from engine.records.words import ConclusionKind, SubjectStanding

ANNA, BO, CARL = 1, 2, 3
EMMA = Owner(OwnerKind.PERSON, 10)
OTHER = Owner(OwnerKind.SUBJECT, 10)
K = ConclusionKind


def said(*words: tuple[int, ConclusionKind, Owner | None]) -> list[Opinion]:
    """Opinions in the order they were given; a "no match" passed over everybody."""
    everybody = frozenset({EMMA, OTHER})
    return [
        Opinion(number, examiner, kind, owner, passed_over=everybody if kind is K.NO_MATCH else frozenset())
        for number, (examiner, kind, owner) in enumerate(words, start=1)
    ]


def standing(*words: tuple[int, ConclusionKind, Owner | None]) -> Standing:
    return fold(said(*words))


def test_nothing_said_is_open() -> None:
    assert fold([]) == Standing(SubjectStanding.OPEN)


def test_one_examiner_awaits_somebody_else() -> None:
    result = standing((ANNA, K.IDENTIFIED, EMMA))
    assert result.standing is SubjectStanding.AWAITING_SECOND
    assert result.owner == EMMA
    assert result.needs_other_than == {ANNA}


def test_two_examiners_who_agree_identify() -> None:
    result = standing((ANNA, K.IDENTIFIED, EMMA), (BO, K.IDENTIFIED, EMMA))
    assert result == Standing(SubjectStanding.IDENTIFIED, EMMA, (ANNA, BO))


def test_two_examiners_who_name_different_people_disagree() -> None:
    result = standing((ANNA, K.IDENTIFIED, EMMA), (BO, K.IDENTIFIED, OTHER))
    assert result.standing is SubjectStanding.DISAGREED
    assert result.needs_other_than == {ANNA, BO}


def test_every_kind_of_objection_is_a_disagreement_in_either_order() -> None:
    for objection in [(K.EXCLUDED, EMMA), (K.INCONCLUSIVE, EMMA), (K.NO_MATCH, None)]:
        for order in permutations([(ANNA, K.IDENTIFIED, EMMA), (BO, *objection)]):
            assert standing(*order).standing is SubjectStanding.DISAGREED, order


def test_a_third_settles_a_disagreement_by_agreeing_with_either() -> None:
    split = [(ANNA, K.IDENTIFIED, EMMA), (BO, K.EXCLUDED, EMMA)]
    with_anna = standing(*split, (CARL, K.IDENTIFIED, EMMA))
    assert (with_anna.standing, with_anna.agreed_by, with_anna.against) == (
        SubjectStanding.IDENTIFIED,
        (ANNA, CARL),
        (BO,),
    )
    assert standing(*split, (CARL, K.EXCLUDED, EMMA)).standing is SubjectStanding.OPEN
    assert standing(*split, (CARL, K.NO_MATCH, None)).standing is SubjectStanding.NO_MATCH


def test_three_names_from_three_examiners_settle_nothing() -> None:
    third = Owner(OwnerKind.PERSON, 11)
    result = standing((ANNA, K.IDENTIFIED, EMMA), (BO, K.IDENTIFIED, OTHER), (CARL, K.IDENTIFIED, third))
    assert result.standing is SubjectStanding.DISAGREED
    assert result.needs_other_than == {ANNA, BO, CARL}


def test_one_no_match_or_set_aside_closes_the_subject() -> None:
    assert standing((ANNA, K.NO_MATCH, None)).standing is SubjectStanding.NO_MATCH
    assert standing((ANNA, K.SET_ASIDE, None)).standing is SubjectStanding.SET_ASIDE
    assert standing((ANNA, K.EXCLUDED, EMMA)).standing is SubjectStanding.OPEN


def test_setting_aside_is_no_word_against_an_identification() -> None:
    both = [(ANNA, K.IDENTIFIED, EMMA), (BO, K.SET_ASIDE, None)]
    assert standing(*both).standing is SubjectStanding.AWAITING_SECOND
    assert standing(*both, (CARL, K.IDENTIFIED, EMMA)).standing is SubjectStanding.IDENTIFIED


def test_a_no_match_on_an_older_list_is_no_word_against_a_later_candidate() -> None:
    older = Opinion(1, ANNA, K.NO_MATCH, passed_over=frozenset({OTHER}))
    result = fold([older, Opinion(2, BO, K.IDENTIFIED, EMMA)])
    assert result.standing is SubjectStanding.AWAITING_SECOND
    assert result.needs_other_than == {BO}


def test_an_examiners_later_verdict_replaces_the_earlier_one() -> None:
    changed = [(ANNA, K.IDENTIFIED, EMMA), (ANNA, K.NO_MATCH, None)]
    assert standing(*changed).standing is SubjectStanding.NO_MATCH
    assert standing(*changed, (BO, K.IDENTIFIED, EMMA)).standing is SubjectStanding.DISAGREED


def test_undo_takes_back_the_identification() -> None:
    agreed = said((ANNA, K.IDENTIFIED, EMMA), (BO, K.IDENTIFIED, EMMA))
    undone = [*agreed, Opinion(3, BO, K.RETRACTED, supersedes=2)]
    assert fold(undone).standing is SubjectStanding.AWAITING_SECOND
    assert fold(undone).needs_other_than == {ANNA}


def test_nobody_can_supersede_somebody_elses_conclusion() -> None:
    agreed = said((ANNA, K.IDENTIFIED, EMMA), (BO, K.IDENTIFIED, EMMA))
    assert fold([*agreed, Opinion(3, CARL, K.RETRACTED, supersedes=1)]).standing is SubjectStanding.IDENTIFIED


@st.composite
def histories(draw: st.DrawFn, examiners: int = 4) -> list[Opinion]:
    """Any sequence of conclusions, superseding or not, as examiners may make them."""
    people = [Owner(kind, number) for kind in OwnerKind for number in (1, 2)]
    opinions: list[Opinion] = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        examiner = draw(st.integers(1, examiners))
        kind = draw(st.sampled_from(ConclusionKind))
        own = [opinion.id for opinion in in_force(opinions) if opinion.examiner == examiner]
        if kind is K.RETRACTED and not own:
            continue
        supersedes = draw(st.sampled_from(own)) if own and (kind is K.RETRACTED or draw(st.booleans())) else None
        owner = draw(st.sampled_from(people)) if kind in ABOUT_A_CANDIDATE else None
        passed = frozenset(draw(st.sets(st.sampled_from(people)))) if kind is K.NO_MATCH else frozenset[Owner]()
        opinions.append(Opinion(number, examiner, kind, owner, supersedes, passed))
    return opinions


@given(histories())
def test_an_identification_always_rests_on_two_examiners_who_hold_it_now(history: list[Opinion]) -> None:
    result = fold(history)
    final = verdicts(history)
    holders = {
        user for user, verdict in final.items() if verdict.kind is K.IDENTIFIED and verdict.owner == result.owner
    }
    if result.standing is SubjectStanding.IDENTIFIED:
        assert len(holders) >= 2
        assert result.agreed_by == tuple(sorted(holders))
        assert len(result.agreed_by) > len(result.against)


@given(histories(examiners=1))
def test_one_examiner_alone_never_identifies_and_never_disagrees(history: list[Opinion]) -> None:
    assert fold(history).standing not in {SubjectStanding.IDENTIFIED, SubjectStanding.DISAGREED}


@given(histories())
def test_the_second_examiner_is_always_somebody_new(history: list[Opinion]) -> None:
    result = fold(history)
    if result.standing is SubjectStanding.AWAITING_SECOND:
        assert result.needs_other_than == set(result.agreed_by)
        newcomer = Opinion(100, 99, K.IDENTIFIED, result.owner)
        again = Opinion(100, result.agreed_by[0], K.IDENTIFIED, result.owner)
        assert fold([*history, newcomer]).standing is SubjectStanding.IDENTIFIED
        assert fold([*history, again]).standing is SubjectStanding.AWAITING_SECOND


@given(histories(), st.randoms())
def test_the_order_of_the_list_does_not_matter(history: list[Opinion], random: object) -> None:
    shuffled = list(history)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled) == fold(history)


@given(histories())
def test_taking_everything_back_leaves_the_subject_open(history: list[Opinion]) -> None:
    undone = [
        Opinion(1000 + opinion.id, opinion.examiner, K.RETRACTED, supersedes=opinion.id)
        for opinion in in_force(history)
    ]
    assert fold([*history, *undone]) == Standing(SubjectStanding.OPEN)
