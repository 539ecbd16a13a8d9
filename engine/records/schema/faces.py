"""What was found: spaces, faces with their embeddings, subjects, and the rows that make faces findable."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key, OfUnit, now, word
from engine.records.words import FaceOrigin, SubjectRole, SubjectStanding


class Space(Base):
    """What shapes an embedding; scores exist only inside one space."""

    __tablename__ = "spaces"

    #: The first 16 hex digits of the SHA-256 of the canonical description.
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    model: Mapped[str] = mapped_column(String(80))
    dimension: Mapped[int]
    metric: Mapped[str] = mapped_column(String(16))
    description: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=now)
    #: When the unit put it to work; new material is embedded in, and searched in, the space activated last.
    activated_at: Mapped[datetime | None]


class Activation(OfUnit, Base):
    """A decision to work in a space: whose, why, and the evaluation that it rests on."""

    __tablename__ = "activations"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    space_id: Mapped[str] = mapped_column(ForeignKey("spaces.id"))
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)
    evaluation: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(default=now)


class Face(OfUnit, Base):
    """One detection, or one marking by a person; boxes and landmarks are pixels of the upright picture."""

    __tablename__ = "faces"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    origin: Mapped[FaceOrigin] = word(FaceOrigin, default=FaceOrigin.MACHINE)
    #: Milliseconds into a video; none in a still picture.
    time_ms: Mapped[int | None]
    box: Mapped[list[float]] = mapped_column(JSON)
    landmarks: Mapped[list[list[float]]] = mapped_column(JSON)
    score: Mapped[float]
    eye_distance: Mapped[float]
    sharpness: Mapped[float]
    brightness: Mapped[float]
    contrast: Mapped[float]
    yaw: Mapped[float]
    pitch: Mapped[float]
    roll: Mapped[float]
    #: The vault address of the crop and the region of the picture that it shows.
    crop: Mapped[str] = mapped_column(String(64))
    crop_box: Mapped[list[int]] = mapped_column(JSON)
    crop_scale: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Embedding(Base):
    """A face's vector in one space: little-endian float32, the truth that every index is a cache of."""

    __tablename__ = "embeddings"
    __table_args__ = (UniqueConstraint("face_id", "space_id"), NEVER_REUSED)

    id: Mapped[Key]
    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"))
    space_id: Mapped[str] = mapped_column(ForeignKey("spaces.id"))
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class Subject(OfUnit, Base):
    """The faces of one person inside a referral; the machine groups, people split and merge."""

    __tablename__ = "subjects"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    role: Mapped[SubjectRole] = word(SubjectRole, default=SubjectRole.UNKNOWN)
    #: Set once a person has shaped the group; no later run changes it then.
    shaped_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    #: A subject merged into another stays as history and is searched no more.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id"))
    #: Words on why no search ran for it, where none did.
    not_searched: Mapped[str | None] = mapped_column(Text)
    #: Words on why its current list does not hold any more and it has to be searched again; none while that is not so.
    outdated: Mapped[str | None] = mapped_column(Text)
    #: The fold of its conclusions, kept beside it so that lists stay fast; the conclusions are the truth.
    standing: Mapped[SubjectStanding] = word(SubjectStanding, default=SubjectStanding.OPEN)


class SubjectFace(Base):
    """A face's membership in a subject."""

    __tablename__ = "subject_faces"
    __table_args__ = (UniqueConstraint("subject_id", "face_id"), NEVER_REUSED)

    id: Mapped[Key]
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"))
    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), index=True)


class IndexRow(OfUnit, Base):
    """One findable face in one space: of a gallery's reference, or (no gallery) of a referral's subject.

    Its id is the key in the index and the change sequence: an index that has seen row n lacks exactly the later rows.
    """

    __tablename__ = "index_rows"
    __table_args__ = (
        Index("ix_index_rows_scope", "space_id", "gallery_id", "id"),
        UniqueConstraint("space_id", "face_id", "reference_id"),
        UniqueConstraint("space_id", "face_id", "subject_id"),
        NEVER_REUSED,
    )

    id: Mapped[Key]
    space_id: Mapped[str] = mapped_column(ForeignKey("spaces.id"))
    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), index=True)
    gallery_id: Mapped[int | None] = mapped_column(ForeignKey("galleries.id"))
    reference_id: Mapped[int | None] = mapped_column(
        ForeignKey("gallery_references.id", ondelete="CASCADE"), index=True
    )
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"), index=True)
