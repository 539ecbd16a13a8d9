"""The tables, one file per subject; importing this package makes all of them known to the metadata."""

from engine.records.schema.accounts import Unit, User, UserKey
from engine.records.schema.base import Base, now
from engine.records.schema.custody import LedgerEvent, LedgerHead, VaultObject, VaultOwner
from engine.records.schema.exports import Export, ExportItem
from engine.records.schema.faces import Activation, Embedding, Face, IndexRow, Space, Subject, SubjectFace
from engine.records.schema.fills import Fill, Unfilled
from engine.records.schema.intake import (
    Batch,
    Case,
    CaseReferral,
    Media,
    Referral,
    ReferralMedia,
    ReferralVersion,
    Refusal,
)
from engine.records.schema.known_files import (
    FileHashes,
    HashList,
    KnownFile,
    KnownHash,
    KnownPicture,
    NearPicture,
    PictureHash,
    ViralFile,
)
from engine.records.schema.pauses import Pause
from engine.records.schema.people import Attribution, Gallery, Person, PersonRelation, Reference, ReferenceFace
from engine.records.schema.priorities import ReferralPriority, RuleSet
from engine.records.schema.recalls import Recall, RecallOwner, StandingMark
from engine.records.schema.reports import MediaFact, ReportFact, ReportOriginal, ReportText
from engine.records.schema.review import Conclusion, ExcludedPair, Exhibit, Lease
from engine.records.schema.searches import Candidate, Permit, PermitGallery, Search, SearchScope
from engine.records.schema.videos import Track, TrackFace

__all__ = [
    "Activation",
    "Attribution",
    "Base",
    "Batch",
    "Candidate",
    "Case",
    "CaseReferral",
    "Conclusion",
    "Embedding",
    "ExcludedPair",
    "Exhibit",
    "Export",
    "ExportItem",
    "Face",
    "FileHashes",
    "Fill",
    "Gallery",
    "HashList",
    "IndexRow",
    "KnownFile",
    "KnownHash",
    "KnownPicture",
    "Lease",
    "LedgerEvent",
    "LedgerHead",
    "Media",
    "MediaFact",
    "NearPicture",
    "Pause",
    "Permit",
    "PermitGallery",
    "Person",
    "PersonRelation",
    "PictureHash",
    "Recall",
    "RecallOwner",
    "Reference",
    "ReferenceFace",
    "Referral",
    "ReferralMedia",
    "ReferralPriority",
    "ReferralVersion",
    "Refusal",
    "ReportFact",
    "ReportOriginal",
    "ReportText",
    "RuleSet",
    "Search",
    "SearchScope",
    "Space",
    "StandingMark",
    "Subject",
    "SubjectFace",
    "Track",
    "TrackFace",
    "Unfilled",
    "Unit",
    "User",
    "UserKey",
    "VaultObject",
    "VaultOwner",
    "ViralFile",
    "now",
]
