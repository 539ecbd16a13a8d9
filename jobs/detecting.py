"""What the job `detect` does: one picture of the vault becomes a finding, with its faces, once."""

from typing import TYPE_CHECKING

from engine.records.faces import faces
from engine.records.intake import near_pictures, report
from engine.records.intake.second_looks import is_second_look
from engine.records.intake.withdrawal import is_abandoned
from engine.records.schema import Media
from engine.records.words import MediaKind
from jobs.media_work import FileClaim, store_unreadable, work_on
from jobs.new_faces import new_faces
from jobs.workbench import Workbench

if TYPE_CHECKING:
    from engine.vision.types import Effort


def detect_media(bench: Workbench, media_id: int) -> None:
    """Find the faces of a picture that nobody has looked at yet, then pass its referrals on to their next work.

    Safe to repeat and to run twice at once. A file that cannot be read is a finding, not an error; a picture that turns
    out to move is left to the job `watch`.
    """
    work_on(bench, media_id, {MediaKind.IMAGE, MediaKind.UNKNOWN}, _look)


def _look(bench: Workbench, waiting: Media, claim: FileClaim) -> None:
    from engine.vision.errors import UnreadableMedia  # Heavy, as everything of vision is.
    from engine.vision.likeness_hash import likeness_hash

    try:
        # The bytes are held no longer than this: they and the pixels may each be hundreds of megabytes.
        picture = bench.decoder.still_unless_moving(_bytes_of(bench, waiting))
        if picture is None:
            with bench.records.database.write() as session:
                session.get_one(Media, waiting.id).kind = MediaKind.VIDEO
                claim.release(session)
            return
    except UnreadableMedia as error:
        store_unreadable(bench, waiting.id, error.reason, claim)
        return
    again = is_second_look(waiting)
    analysis = bench.pipeline.analyse(picture.pixels, effort=_effort(bench, again=again))
    found, space_id = new_faces(analysis.faces), bench.space.id
    likeness = likeness_hash(picture.pixels)
    with bench.records.database.read() as session:
        bench.likeness.read_on(session)  # What is new for this process is read before anybody waits for the write.
    # A first look that a power cut takes back is taken anew; a second one may have let files of crops go.
    with bench.records.database.write(lasting=again) as session:
        claim.release(session)
        media = session.get(Media, waiting.id)
        if media is None or is_abandoned(session, media.id):
            return  # Erased or withdrawn meanwhile.
        media.format, media.width, media.height = picture.format, picture.width, picture.height
        media.captured_at = picture.captured_at or media.captured_at
        report.keep_media_facts(session, media.id, picture.facts)
        faces.store_analysis(
            session,
            bench.records.vault,
            media,
            found,
            detector=bench.pipeline.detector_identity,
            passes=analysis.passes,
            space_id=space_id,
            actor=bench.actor,
        )
        near_pictures.keep(session, bench.likeness, media.id, likeness.pdq, likeness.quality)


def _effort(bench: Workbench, *, again: bool) -> "Effort":
    """What a person asked for where the picture was looked at before, and what the unit has set for all others."""
    from engine.vision.types import Effort

    return Effort.THOROUGH if again else Effort(bench.settings.detection.effort)


def _bytes_of(bench: Workbench, media: Media) -> bytes:
    """The file's bytes; raises UnreadableMedia, before anything is read, where it is larger than the limit."""
    from engine.vision.errors import UnreadableMedia

    limit = bench.settings.decoding.max_bytes
    if media.size > limit:
        raise UnreadableMedia(f"{media.size} bytes are more than the limit of {limit} for decoding")
    with bench.records.database.read() as session:
        return bench.records.vault.read(session, media.address)
