"""The pictures that whole pipelines are measured on: a folder of people, or sample pictures where none is given."""

from dataclasses import dataclass

from jobs.bench.parts import Conditions

#: Files of a folder that are taken for pictures.
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".pgm", ".tif", ".tiff", ".heic"}
_STRANGERS = 18


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture file's bytes, its name, and who is in it."""

    name: str
    person: str
    data: bytes


def pictures(conditions: Conditions) -> list[Labelled]:
    """The pictures to measure on, in a fixed order; raises SamplesMissing where the samples are not installed."""
    if conditions.pictures is None:
        return _samples()
    return [
        Labelled(str(path.relative_to(conditions.pictures)), path.parent.name, path.read_bytes())
        for path in sorted(conditions.pictures.rglob("*"))
        if path.suffix.lower() in _SUFFIXES
    ]


def _samples() -> list[Labelled]:
    """Two takes of twenty adults, the second made from the first: closer, mirrored, darker and saved badly."""
    from jobs.demo_pictures import another_take
    from jobs.sample_pictures import as_jpeg, astronaut, hopper, strangers

    people = {"astronaut": astronaut(), "hopper": hopper()}
    people |= {f"stranger{number}": picture for number, picture in enumerate(strangers()[:_STRANGERS])}
    return [
        Labelled(f"{person}-{take}.jpg", person, as_jpeg(picture))
        for person, first in people.items()
        for take, picture in enumerate((first, another_take(first)), start=1)
    ]
