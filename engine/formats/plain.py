"""A bundle that is no report of a known form: every file of it, and `report.txt` at its top as what it says."""

from engine.formats.bundle import Bundle, why_empty
from engine.formats.incoming import IncomingFile, IncomingReferral, RefusedInput
from engine.formats.looking import Member
from engine.formats.text import decoded

NARRATIVE_FILE = "report.txt"
_NARRATIVE_BYTES = 1_000_000


def read_plain(bundle: Bundle, what: str = "folder") -> IncomingReferral | RefusedInput:
    """A referral of all files of a bundle, or why it is refused; `what` names the bundle in the reason."""
    refused = list(bundle.refused)
    files: list[IncomingFile] = []
    narrative = None
    for member in bundle.members:
        if member.name.lower() == NARRATIVE_FILE and member.kind == "unknown":
            try:
                narrative = _narrative(member)
            except OSError as error:
                refused.append(RefusedInput(member.name, f"it cannot be read: {error.strerror}"))
        else:
            files.append(member.incoming())
    if not files:
        return RefusedInput(bundle.source, why_empty(refused, what))
    return IncomingReferral(bundle.source, tuple(files), tuple(refused), narrative=narrative)


def _narrative(member: Member) -> str:
    with member.open() as file:
        text = decoded(file.read(_NARRATIVE_BYTES))
        if file.read(1):
            text += f"\n[cut off here: {NARRATIVE_FILE} has more than {_NARRATIVE_BYTES:,} bytes]"
    return text.strip()
