"""The closed vocabularies of the records: every state, role and kind that a column may hold."""

from enum import StrEnum


class ReferralState(StrEnum):
    """Where a referral stands; each referral is in exactly one of these (transitions: `states.py`)."""

    RECEIVED = "received"
    QUEUED = "queued"
    WORKING = "working"
    READY = "ready"
    IN_REVIEW = "in_review"
    AWAITING_SECOND = "awaiting_second"
    ON_HOLD = "on_hold"
    DECIDED = "decided"
    FAILED = "failed"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class Lane(StrEnum):
    """Which workers take a referral's jobs: one lane, one queue, its own worker processes."""

    URGENT = "urgent"
    NORMAL = "normal"
    VIDEO = "video"


class MediaKind(StrEnum):
    """What a file is by its content."""

    IMAGE = "image"
    VIDEO = "video"
    UNKNOWN = "unknown"


class MediaFinding(StrEnum):
    """What the workers found in one file; "no face" and "unreadable" are findings, not failures."""

    PENDING = "pending"
    FACES = "faces"
    NO_FACE = "no_face"
    UNREADABLE = "unreadable"


class FaceOrigin(StrEnum):
    """Who marked a face."""

    MACHINE = "machine"
    PERSON = "person"


class SubjectRole(StrEnum):
    """What a subject is in the report, as people say; what is searched automatically depends on it."""

    UNKNOWN = "unknown"
    VICTIM = "victim"
    SUSPECT = "suspect"
    BYSTANDER = "bystander"


class GalleryPurpose(StrEnum):
    """Why a gallery is held."""

    VICTIMS = "victims"
    MISSING = "missing"
    CUSTODY = "custody"
    OTHER = "other"


class Channel(StrEnum):
    """How a search came to be asked for."""

    INTAKE = "intake"
    DESK = "desk"


class UserRole(StrEnum):
    """What a bound user may do."""

    INVESTIGATOR = "investigator"
    SUPERVISOR = "supervisor"
    ONCALL = "oncall"
    INTAKE = "intake"
    AUDITOR = "auditor"


class ConclusionKind(StrEnum):
    """What one examiner holds: the first three about a candidate, the next two about a subject, the last undoes one."""

    IDENTIFIED = "identified"
    EXCLUDED = "excluded"
    INCONCLUSIVE = "inconclusive"
    NO_MATCH = "no_match"
    SET_ASIDE = "set_aside"
    RETRACTED = "retracted"


class SubjectStanding(StrEnum):
    """What the standing conclusions about a subject add up to (the fold of `conclusions.py`)."""

    OPEN = "open"
    AWAITING_SECOND = "awaiting_second"
    DISAGREED = "disagreed"
    IDENTIFIED = "identified"
    NO_MATCH = "no_match"
    SET_ASIDE = "set_aside"


class LeaseKind(StrEnum):
    """What a lease holds: a person's claim of a review, or a worker's work on one file or referral."""

    REVIEW = "review"
    WORK = "work"


class RecallState(StrEnum):
    """What became of new material that may show an unmatched subject: to be looked into, shown to people, or not."""

    DUE = "due"
    SHOWN = "shown"
    DROPPED = "dropped"


class Paused(StrEnum):
    """What can be stopped for a while: taking reports in, and the workers."""

    INTAKE = "intake"
    WORK = "work"


class ListMeaning(StrEnum):
    """What it means that a file is in a list of hashes."""

    IDENTIFIED_VICTIM = "identified-victim"
    KNOWN_SERIES = "known-series"
    VIRAL = "viral"
    IRRELEVANT = "irrelevant"


class HashKind(StrEnum):
    """A hash by which a list names a file; the first two can be forged, the last says that a picture looks alike."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    PDQ = "pdq"
