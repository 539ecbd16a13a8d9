"""Faces as pictures for the screen: cut closely, upright, and all with their eyes equally far apart."""

from collections import OrderedDict
from threading import Lock

from sqlalchemy.orm import Session

from console.widgets.picture import FacePicture
from engine.records.custody.vault import Vault
from engine.records.errors import VaultError
from engine.records.schema import Face
from engine.vision.errors import UnusableLandmarks
from engine.vision.types import Crop
from engine.vision.upright import upright

#: Pixels of a picture: finer than any terminal shows it. The eyes are a third of the width apart, as `upright` sets
#: them, which makes the picture about 1.3 times as wide as the face's box.
WIDTH, HEIGHT = 320, 400
#: Pictures kept at hand, of 384 KB each: what an examiner goes back and forth between.
_KEPT = 64


class Pictures:
    """The pictures of faces, read from the vault when they are first wanted."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._lock = Lock()
        self._kept: OrderedDict[tuple[int, str], FacePicture] = OrderedDict()

    def of(self, session: Session, face_id: int, label: str) -> FacePicture | None:
        """The picture of a face with a line to show below it; none where its crop is lost or shows no face."""
        key = face_id, label
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        picture = self._made(session, session.get_one(Face, face_id), label)
        if picture is not None:
            with self._lock:
                self._kept[key] = picture
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return picture

    def _made(self, session: Session, face: Face, label: str) -> FacePicture | None:
        left, top, right, bottom = face.crop_box
        try:
            png = self._vault.read(session, face.crop)
            shown = upright(Crop(png, (left, top, right, bottom), face.crop_scale), face.landmarks, WIDTH, HEIGHT)
        except (VaultError, UnusableLandmarks, OSError):
            return None
        eye_fraction = shown.eye_distance * shown.magnification / WIDTH
        return FacePicture(shown.pixels, eye_fraction, shown.eye_distance, label, face.id)
