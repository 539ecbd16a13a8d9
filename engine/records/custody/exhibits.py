"""Exhibits: the crops and the rendering that a conclusion was made on, frozen with it in the vault."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.records.custody.vault import Vault
from engine.records.ids import public
from engine.records.schema import Exhibit, Face


def freeze(
    session: Session, vault: Vault, unit_id: int, probe: Face | None, face: Face | None, rendering: Mapping[str, Any]
) -> Exhibit:
    """Keep what an examiner saw: the probe's crop, the candidate's where there was one, and how they were shown.

    The crops get the exhibit as one more owner, so that they outlive the faces. Raises VaultError where a crop is not
    there, ValueError where the rendering is no JSON.
    """
    exhibit = Exhibit(
        unit_id=unit_id,
        probe_face_id=None if probe is None else probe.id,
        face_id=None if face is None else face.id,
        probe_crop=None if probe is None else probe.crop,
        crop=None if face is None else face.crop,
        rendering=json.loads(json.dumps(dict(rendering), allow_nan=False)),
    )
    session.add(exhibit)
    session.flush()
    for shown in (probe, face):
        if shown is not None:
            vault.own(session, shown.crop, public("exhibit", exhibit.id))
    return exhibit
