"""Marks name each way in which a face is below what the model can do, with its figure, and nothing else."""

from engine.vision.marks import PROFILE, TOO_BLURRED, TOO_SMALL, marks


def names(eyes: float = 60.0, sharpness: float = 300.0, yaw: float = 0.0) -> list[str]:
    return [mark.name for mark in marks(eyes, sharpness, yaw)]


def test_a_face_within_every_limit_has_no_mark() -> None:
    assert names(TOO_SMALL, TOO_BLURRED, PROFILE - 0.1) == []


def test_each_limit_marks_for_itself() -> None:
    assert names(eyes=TOO_SMALL - 0.1) == ["too small"]
    assert names(sharpness=TOO_BLURRED - 0.1) == ["too blurred"]
    assert names(yaw=PROFILE) == names(yaw=-PROFILE) == ["profile"]
    assert names(1, 0, 90) == ["too small", "too blurred", "profile"]


def test_the_reason_says_the_figure_and_the_limit() -> None:
    [small] = marks(5.2, 300, 0)
    assert "5 pixels" in small.reason
    assert f"{TOO_SMALL:.0f}" in small.reason
