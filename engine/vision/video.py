"""Opens a file as the kind of video that its content is."""

from collections.abc import Callable
from typing import BinaryIO

from engine.formats.sniff import HEAD_BYTES, identify
from engine.vision.animation import Animation
from engine.vision.errors import UnreadableMedia
from engine.vision.film import Film
from engine.vision.video_types import Video


def open_video(
    file: BinaryIO, *, max_pixels: int, threads: int = 1, progress: Callable[[], None] = lambda: None
) -> Video:
    """Open a film or an animated picture in a seekable file; `progress` is called for each frame that is decoded.

    Raises UnreadableMedia for a file without any picture that can be shown, or with frames beyond `max_pixels`. What
    goes wrong in the file object itself is raised as it is.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head:
        raise UnreadableMedia("empty file")
    signature = identify(head)
    if signature is None:
        raise UnreadableMedia("not a picture or video Triage can read")
    if signature.kind == "video":
        return Film(file, signature.format, max_pixels=max_pixels, threads=threads, progress=progress)
    return Animation(file, signature.format, max_pixels=max_pixels, progress=progress)
