"""Whatever a machine groups, and however often, it leaves splits, merges and roles that people made as they are."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.faces.subjects import members_of, regroup, subjects_of
from engine.records.review import reshaping
from engine.records.schema import Media, Referral, ReferralMedia, Subject, SubjectFace
from engine.records.words import SubjectRole
from tests.engine.records.records_world import WORKER, World, a_referral, a_user, analysed, make_template

_FACES = 6
_STEP = st.tuples(
    st.sampled_from(["regroup", "supplement", "split", "merge", "role"]), st.randoms(use_true_random=False)
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


def machine(session: Session, referral: Referral, faces: list[int], random) -> None:
    """A run that groups at random: the worst a changed model could do."""
    groups: dict[int, list[int]] = {}
    for face in faces:
        groups.setdefault(random.randrange(4), []).append(face)
    regroup(session, referral, list(groups.values()), actor=WORKER)


def people(session: Session, referral: Referral, what: str, anna: Actor, random) -> None:
    living = subjects_of(session, referral)
    subject = random.choice(living)
    faces = sorted(members_of(session, [subject.id])[subject.id])
    if what == "split" and len(faces) > 1:
        reshaping.split(session, subject, random.sample(faces, random.randrange(1, len(faces))), actor=anna)
    elif what == "merge" and len(living) > 1:
        reshaping.merge(session, subject, random.choice([one for one in living if one is not subject]), actor=anna)
    elif what == "role":
        reshaping.set_role(session, subject, random.choice(list(SubjectRole)), actor=anna)


def shaped(session: Session, referral: Referral) -> dict[int, tuple[set[int], SubjectRole, int | None]]:
    """Everything that people made of subjects, merged ones too."""
    session.flush()
    session.expire_all()
    subjects = session.query(Subject).filter_by(referral_id=referral.id).all()
    members = members_of(session, [one.id for one in subjects])
    return {one.id: (members[one.id], one.role, one.merged_into_id) for one in subjects if one.shaped_by_id is not None}


@pytest.mark.slow
@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(steps=st.lists(_STEP, min_size=2, max_size=12))
def test_no_run_of_the_machine_changes_what_people_shaped(template: Path, steps) -> None:
    with TemporaryDirectory() as folder:
        world = World.copy(template, Path(folder))
        with world.database.write() as session:
            faces = [face.id for face in analysed(session, world.vault, _FACES)]
            referral = a_referral(session, session.get_one(Media, 1))
            anna = Actor.user(a_user(session, "anna"))
            regroup(session, referral, [faces], actor=WORKER)
            for what, random in steps:
                if what == "supplement":
                    faces += [face.id for face in analysed(session, world.vault, 1)]
                    media = session.get_one(Media, len(faces) - _FACES + 1)
                    attach(session, referral, media)
                if what in ("regroup", "supplement"):
                    before = shaped(session, referral)
                    machine(session, referral, faces, random)
                    after = shaped(session, referral)
                    assert after == before
                else:
                    people(session, referral, what, anna, random)
                owners = session.query(SubjectFace.face_id, SubjectFace.subject_id).join(Subject)
                owned = [face for face, _ in owners.filter(Subject.merged_into_id.is_(None)).all()]
                assert len(owned) == len(set(owned)), "a face is in two subjects"
        world.database.close()


def attach(session: Session, referral: Referral, media: Media) -> None:
    session.add(ReferralMedia(referral_id=referral.id, media_id=media.id, name=f"{media.id}.jpg"))
    session.flush()
