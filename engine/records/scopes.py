"""The collections a search goes through: each gallery, and the material of the unit's own referrals."""

from dataclasses import dataclass

from engine.records.ids import parse, public


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """One collection of findable faces: a gallery's references, or (no gallery) the referrals' subjects."""

    gallery_id: int | None

    @property
    def name(self) -> str:
        """How the scope is written, in file names too: "G3", or "material"."""
        return "material" if self.gallery_id is None else public("gallery", self.gallery_id)

    @classmethod
    def of(cls, name: str) -> "Scope":
        """The scope that is written like this; raises BadId."""
        return MATERIAL if name == MATERIAL.name else cls(parse(name, "gallery"))


MATERIAL = Scope(None)
