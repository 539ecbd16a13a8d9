"""Declarations of imported models: every field is needed, and slips are named in words."""

from pathlib import Path

import pytest

from config.declaration import declare, read_declaration
from config.errors import DeclarationError

FIELDS = {
    "name": "ours-r50.v1",
    "input_size": 112,
    "colour": "RGB",
    "mean": [123.675, 116.28, 103.53],
    "scale": [0.017125, 0.017507, 0.017429],
    "alignment": "arcface",
    "metric": "cosine",
    "licence": "bought for the unit",
    "trained_on": "adults",
    "validated_on": "nothing yet",
}


def test_a_whole_declaration_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text("\n".join(f"{name} = {value!r}" for name, value in FIELDS.items()))
    declared = declare(read_declaration(file))
    assert declared.mean == (123.675, 116.28, 103.53)
    assert declared.model_dump() == FIELDS | {"mean": tuple(FIELDS["mean"]), "scale": tuple(FIELDS["scale"])}


@pytest.mark.parametrize("mean", [127.5, "127.5", [127.5, 127.5, 127.5], "127.5, 127.5,127.5"])
def test_a_number_stands_for_each_channel_and_text_is_read(mean: object) -> None:
    assert declare(FIELDS | {"mean": mean, "scale": 0.0078431}).mean == (127.5, 127.5, 127.5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Our Model"}, "name: it should be 1 to 63 lower-case letters"),
        ({"name": "../up"}, "name: it should be"),
        ({"input_size": 8}, "input_size: "),
        ({"colour": "rgb"}, "colour: input should be 'RGB' or 'BGR'"),
        ({"mean": "1,2"}, "mean: "),
        ({"mean": "nan"}, "mean: input should be a finite number"),
        ({"scale": [0.01, 0.01, -0.01]}, "scale: it should be above 0"),
        ({"alignment": "mtcnn"}, "alignment: "),
        ({"metric": "manhattan"}, "metric: "),
        ({"licence": "  "}, "licence: "),
        ({"color": "RGB"}, "color is no field of a declaration"),
    ],
)
def test_an_impossible_field_is_named(change: dict[str, object], words: str) -> None:
    with pytest.raises(DeclarationError, match=words) as caught:
        declare(FIELDS | change)
    assert "triage models import --help" in caught.value.hint


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_field_is_named(field: str) -> None:
    with pytest.raises(DeclarationError, match=f"{field} is missing"):
        declare({name: value for name, value in FIELDS.items() if name != field})


@pytest.mark.parametrize(
    "change",
    [
        {"scale": [58.395, 57.12, 57.375]},
        {"mean": [0.485, 0.456, 0.406], "scale": [4.367, 4.464, 4.444]},
        {"mean": 0, "scale": 1 / 255**2},
    ],
    ids=["deviation as scale", "numbers for pixels from 0 to 1", "divided twice"],
)
def test_numbers_that_no_network_takes_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(DeclarationError, match="which no network takes"):
        declare(FIELDS | change)


@pytest.mark.parametrize(
    "change",
    [{"mean": 0, "scale": 1}, {"mean": 0, "scale": 1 / 255}, {"mean": 127.5, "scale": 1 / 128}],
    ids=["raw", "0 to 1", "-1 to 1"],
)
def test_numbers_that_networks_take_pass(change: dict[str, object]) -> None:
    assert declare(FIELDS | change).preprocessing != declare(FIELDS).preprocessing


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", None], ids=["no TOML", "no UTF-8", "no file"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ours.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DeclarationError, match=r"The declaration .*ours\.toml"):
        read_declaration(file)
