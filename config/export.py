"""The settings of exports: who may hand a referral out, and the letters of its PDF."""

from pydantic import Field, field_validator

from config.groups import Group


class Export(Group):
    """How referrals are handed out."""

    investigators: bool = Field(
        default=False, description="Whether investigators may export referrals, not supervisors alone."
    )
    font: str | None = Field(
        default=None,
        description="The TrueType file for PDFs, from the root folder; unset, DejaVu Sans where it is installed.",
    )

    @field_validator("font")
    @classmethod
    def _from_the_root(cls, font: str | None) -> str | None:
        if font is not None and not font.startswith("/"):
            raise ValueError("it should be a path from the root folder, such as /usr/share/fonts/unit.ttf")
        return font
