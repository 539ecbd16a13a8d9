"""What the job `detect` does: one file of the vault becomes a finding, with its faces, once."""

from redis import Redis

from engine.records import faces, ids
from engine.records.schema import Media
from engine.records.words import MediaFinding
from jobs.dispatch import submit_all
from jobs.new_faces import new_faces
from jobs.pending import pending_with
from jobs.settling import begin, waiting_with
from jobs.work_lease import work_lease
from jobs.workbench import Workbench


def detect_media(bench: Workbench, media_id: int) -> None:
    """Find the faces of a file that nobody has looked at yet, then pass its referrals on to their next work.

    Safe to repeat and to run twice at once: the second run waits for the first and finds nothing left to do. A file
    that cannot be read is a finding, not an error.
    """
    with work_lease(bench.records, ids.public("media", media_id), bench.holder):
        if _start(bench, media_id):
            _look(bench, media_id)
    if bench.redis is not None:
        _pass_on(bench, bench.redis, media_id)


def _start(bench: Workbench, media_id: int) -> bool:
    """Mark the file's referrals as being worked on; whether the file still has to be looked at."""
    with bench.records.database.write() as session:
        for referral in waiting_with(session, media_id):
            begin(session, referral, bench.actor)
        media = session.get(Media, media_id)
        return media is not None and media.finding is MediaFinding.PENDING


def _look(bench: Workbench, media_id: int) -> None:
    from engine.vision.errors import UnreadableMedia  # Heavy, as everything of vision is.
    from engine.vision.media import decode_image

    try:
        data = _bytes_of(bench, media_id)
        picture = decode_image(data, max_pixels=bench.settings.decoding.max_pixels)
    except UnreadableMedia as error:
        _store_unreadable(bench, media_id, error.reason)
        return
    analysis = bench.pipeline.analyse(picture.pixels)
    found, space_id = new_faces(analysis.faces), bench.space.id
    with bench.records.database.write() as session:
        media = session.get(Media, media_id)
        if media is None:
            return  # Erased meanwhile.
        media.format, media.width, media.height = picture.format, picture.width, picture.height
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


def _bytes_of(bench: Workbench, media_id: int) -> bytes:
    """The file's bytes; raises UnreadableMedia, before anything is read, where it is larger than the limit."""
    from engine.vision.errors import UnreadableMedia

    limit = bench.settings.decoding.max_bytes
    with bench.records.database.read() as session:
        media = session.get_one(Media, media_id)
        if media.size > limit:
            raise UnreadableMedia(f"{media.size} bytes are more than the limit of {limit} for decoding")
        return bench.records.vault.read(session, media.address)


def _store_unreadable(bench: Workbench, media_id: int, reason: str) -> None:
    with bench.records.database.write() as session:
        if media := session.get(Media, media_id):
            faces.mark_unreadable(session, media, reason, detector=bench.pipeline.detector_identity, actor=bench.actor)


def _pass_on(bench: Workbench, redis: Redis, media_id: int) -> None:
    with bench.records.database.read() as session:
        waiting = pending_with(session, media_id)
    submit_all(bench.records, redis, bench.settings, waiting, bench.actor)
