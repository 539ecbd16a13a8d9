"""Reports put straight into the records, so that tests of what is shown need no network to look at pictures."""

from engine.formats.incoming import IncomingFile, IncomingReferral
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.intake import batches
from engine.records.intake.admission import receive
from engine.records.intake.states import move
from engine.records.schema import Referral
from engine.records.words import ReferralState

READER = Actor.machine("reader")
WORKER = Actor.machine("worker:normal")


def take_in(records: Records, *incoming: IncomingReferral, inputs: int | None = None) -> list[Referral]:
    """The referrals of one batch of reports; `inputs` may say what the reader met, for sums that do not close."""
    with records.database.write() as session:
        batch = batches.start_batch(session, actor=READER)
        received = [receive(session, records.vault, batch, one, actor=READER).referral for one in incoming]
        batches.finish_batch(session, batch, inputs=len(incoming) if inputs is None else inputs, actor=READER)
    return received


def report(name: str = "report", content: bytes = b"", *, text: str | None = None) -> IncomingReferral:
    """A report of one file that no decoder reads."""
    return IncomingReferral(
        name, (IncomingFile(f"{name}.bin", "unknown", data=content or name.encode()),), narrative=text
    )


def bring_to(records: Records, referral: Referral, *states: ReferralState, reason: str | None = None) -> None:
    """Move a referral through states as the workers would."""
    with records.database.write() as session:
        for state in states:
            move(session, referral, state, WORKER, reason)
