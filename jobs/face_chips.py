"""The chip of a recorded face for another embedder: from its kept crop, else from the file it was found in.

A crop shows the face with ample surroundings at up to 640 pixels. On 115 faces, half of them turned by 35 degrees, a
vector from the crop was the very same as from the file for most, and its cosine to it never below 0.992.
"""

from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy.orm import Session

from engine.records.custody.vault import Vault
from engine.records.errors import VaultError
from engine.records.schema import Face, Media
from engine.records.words import MediaKind

if TYPE_CHECKING:
    from engine.vision.decoding.decoder import Decoder
    from engine.vision.embedder import Embedder
    from engine.vision.types import Pixels


class NoPicture(Exception):
    """Neither the crop of a face nor the file it was found in can be had; the message says why."""


def chip_of(session: Session, vault: Vault, face: Face, embedder: "Embedder", *, decoder: "Decoder") -> "Pixels":
    """What the embedder takes of a face, uint8 [size, size, 3].

    Raises NoPicture, and UnusableLandmarks for a face that cannot be aligned.
    """
    from engine.vision.errors import UnreadableMedia  # Heavy, as everything of vision is.

    landmarks = np.array(face.landmarks, np.float32)
    try:
        crop = decoder.still(vault.read(session, face.crop)).pixels
        corner = np.array(face.crop_box[:2], np.float32)
        return embedder.align(crop, (landmarks - corner) * np.float32(face.crop_scale))
    except (VaultError, UnreadableMedia):
        try:
            return embedder.align(_picture(session, vault, face, decoder), landmarks)
        except (VaultError, UnreadableMedia) as error:
            raise NoPicture(f"Its crop and the file it was found in cannot be read: {_words(error)}") from error


def _picture(session: Session, vault: Vault, face: Face, decoder: "Decoder") -> "Pixels":
    """The upright picture or frame in which a face was found; raises VaultError and UnreadableMedia."""
    from engine.vision.errors import UnreadableMedia

    media = session.get_one(Media, face.media_id)
    if media.kind is not MediaKind.VIDEO:
        return decoder.still(vault.read(session, media.address)).pixels
    with vault.file(session, media.address) as file:
        video = decoder.video(file)
        try:
            for frame in video.frames(face.time_ms or 0):
                if frame.time_ms == face.time_ms:
                    return frame.picture()
                if frame.time_ms > (face.time_ms or 0):
                    break
        finally:
            video.close()
    raise UnreadableMedia(f"it has no frame at {face.time_ms} ms")


def _words(error: Exception) -> str:
    """The reason without the vault's addresses and paths."""
    return "the vault does not hold them." if isinstance(error, VaultError) else f"{error}."
