"""Whether faces were looked at closely enough to say that they are one person's: pixels between the eyes as shown."""

from collections.abc import Mapping
from typing import Any

from engine.records.errors import Refused
from engine.records.words import ConclusionKind

#: What a rendering calls the most pixels between the eyes that each face was shown with.
_LOOKED = {"probe": "probe_most_eye_pixels", "candidate": "candidate_most_eye_pixels"}


def shortfall(kind: ConclusionKind, rendering: Mapping[str, Any], least_eye_pixels: float) -> Refused | None:
    """Why a rendering does not bear such a conclusion; none where it does.

    Only `identified` asks for pixels: to exclude, a smaller picture can be enough. A face that was not shown has none.
    """
    if kind is not ConclusionKind.IDENTIFIED or not least_eye_pixels:
        return None
    seen = {side: float(rendering.get(name) or 0.0) for side, name in _LOOKED.items()}
    side = min(seen, key=lambda one: seen[one])
    if seen[side] >= least_eye_pixels:
        return None
    asked = f"Identified asks for {least_eye_pixels:g} px between the eyes"
    if not seen[side]:
        return Refused(f"{asked}, and the {side} was not shown.", "Exclude it, or set it aside until it can be seen.")
    return Refused(
        f"{asked}, the {side} had {seen[side]:.0f}: zoom with +.",
        "v shows one face alone, a larger window shows more; excluded and set aside ask for no pixels.",
    )


def require_looked(kind: ConclusionKind, rendering: Mapping[str, Any], least_eye_pixels: float) -> None:
    """Raise Refused where `shortfall` says why."""
    refusal = shortfall(kind, rendering, least_eye_pixels)
    if refusal is not None:
        raise refusal
