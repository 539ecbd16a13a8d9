"""What was followed in videos: one face over time, and which shots of it are kept."""

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key


class Track(Base):
    """One face over the frames of a video, from when to when, as a machine followed it."""

    __tablename__ = "tracks"
    __table_args__ = (UniqueConstraint("media_id", "number"), NEVER_REUSED)

    id: Mapped[Key]
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    #: Its own among the tracks of the video.
    number: Mapped[int]
    #: Milliseconds into the video of the first and the last sighting.
    first_ms: Mapped[int]
    last_ms: Mapped[int]
    #: In how many of the frames looked at it was seen.
    sightings: Mapped[int]
    #: Where it was seen last, pixels of the upright picture.
    box: Mapped[list[float]] = mapped_column(JSON)


class TrackFace(Base):
    """A face that is a shot of a track."""

    __tablename__ = "track_faces"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"), index=True)
    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), unique=True)
