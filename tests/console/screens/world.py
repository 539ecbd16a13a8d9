"""A home with real records for the console: users, a gallery of drawn people, and referrals in any state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from console.app import TriageConsole
from console.deciding import Decision
from console.review_desk import About, ReviewDesk
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.faces.faces import faces_of_subject, mark_unreadable, store_analysis
from engine.records.faces.subjects import regroup, subjects_of
from engine.records.people import users
from engine.records.people.galleries import enrol, faces_of_reference, get_gallery, references_of
from engine.records.review import outcome
from engine.records.schema import Conclusion, Exhibit, Referral, ReferralMedia, Subject, User, now
from engine.records.searching.searches import NewCandidate
from engine.records.words import ConclusionKind, ReferralState, UserRole
from tests.console.screens.drawn_faces import drawn
from tests.engine.records.records_world import SPACE, WORKER, a_gallery, a_media, a_permit, a_referral, a_search

ROLES = {"Anna": UserRole.INVESTIGATOR, "Bo": UserRole.INVESTIGATOR, "Carla": UserRole.SUPERVISOR}
PEOPLE = ("Emma Falk", "Ida Berg", "Nora Lund")
#: The scores of the people above: the first one is the likeliest.
SCORES = (0.62, 0.55, 0.41)
LONG_AGO = timedelta(hours=3, minutes=5)


@dataclass(frozen=True)
class ConsoleWorld:
    """The home of one test."""

    records: Records
    settings: Settings

    def furnish(self) -> None:
        """Add the users and a gallery with three people of two faces each."""
        with self.records.database.write() as session:
            for name, role in ROLES.items():
                users.add_user(session, name, role, name.lower(), actor=Actor.machine("setup"))
            gallery = a_gallery(session, "missing")
            for number, name in enumerate(PEOPLE):
                media = a_media(session, self.records.vault)
                faces = [drawn(number), drawn(number + 4, eyes=60)]
                stored = store_analysis(
                    session,
                    self.records.vault,
                    media,
                    faces,
                    detector="retinaface",
                    passes=["normal"],
                    space_id=SPACE.id,
                    actor=WORKER,
                )
                names = [
                    (face.id, f"{name.lower().replace(' ', '_')}_{place}.jpg") for place, face in enumerate(stored)
                ]
                enrol(session, gallery, name, names, actor=WORKER)

    def user(self, name: str) -> User:
        with self.records.database.read() as session:
            return users.user_named(session, name)

    def desk(self, name: str) -> ReviewDesk:
        return ReviewDesk(self.records, self.settings, self.user(name))

    def app(self, name: str = "Anna") -> TriageConsole:
        return TriageConsole(lambda: self.desk(name))

    def referral(
        self,
        source: str = "report-1",
        *,
        subjects: int = 1,
        names: Sequence[str] = PEOPLE,
        rarity: float | None = None,
        link_to: int | None = None,
    ) -> int:
        """A ready referral with one picture per subject, each searched, and all of these people proposed."""
        with self.records.database.write() as session:
            media = [a_media(session, self.records.vault) for _ in range(subjects)]
            referral = self._received(session, source)
            groups = []
            for place, one in enumerate(media):
                session.add(ReferralMedia(referral_id=referral.id, media_id=one.id, name=f"room_{place + 1}.jpg"))
                face = drawn(place + 8, eyes=36)
                stored = store_analysis(
                    session,
                    self.records.vault,
                    one,
                    [face],
                    detector="retinaface",
                    passes=["normal"],
                    space_id=SPACE.id,
                    actor=WORKER,
                )
                groups.append([stored[0].id])
            session.flush()
            regroup(session, referral, groups, actor=WORKER)
            for subject, group in zip(subjects_of(session, referral), groups, strict=True):
                self._search(session, subject, group[0], names, rarity, link_to)
            return referral.id

    def without_faces(self, source: str = "report-9") -> int:
        """A ready referral with one picture in which no face was found, and one that cannot be read."""
        with self.records.database.write() as session:
            referral = self._received(session, source)
            empty, broken = (a_media(session, self.records.vault) for _ in range(2))
            passes = ["normal", "border", "enlarged"]
            store_analysis(session, self.records.vault, empty, [], detector="retinaface", passes=passes, actor=WORKER)
            mark_unreadable(session, broken, "the JPEG ends too early", detector="retinaface", actor=WORKER)
            for media, name in ((empty, "room.jpg"), (broken, "broken.jpg")):
                session.add(ReferralMedia(referral_id=referral.id, media_id=media.id, name=name))
            return referral.id

    def many(self, count: int) -> None:
        """So many ready referrals without any file, only to be listed."""
        with self.records.database.write() as session:
            first = self._received(session, "many-0")
            session.add_all(
                Referral(
                    unit_id=first.unit_id,
                    batch_id=first.batch_id,
                    state=ReferralState.READY,
                    source=f"many-{number}",
                    content=f"{number:063d}m",
                    report={},
                    received_at=first.received_at + timedelta(seconds=number),
                )
                for number in range(1, count)
            )

    def state(self, referral_id: int) -> ReferralState:
        with self.records.database.read() as session:
            return session.get_one(Referral, referral_id).state

    def conclusions(self) -> list[Conclusion]:
        """All there are, oldest first."""
        with self.records.database.read() as session:
            return list(session.scalars(select(Conclusion).order_by(Conclusion.id)))

    def kinds(self) -> list[ConclusionKind]:
        return [conclusion.kind for conclusion in self.conclusions()]

    def rendering(self) -> dict[str, object]:
        """What the last exhibit says about how it was shown."""
        with self.records.database.read() as session:
            exhibit = session.scalars(select(Exhibit).order_by(Exhibit.id.desc())).first()
            assert exhibit is not None
            return exhibit.rendering

    def conclude(self, name: str, referral_id: int, kind: ConclusionKind, person: str) -> None:
        """Another examiner concludes about the first subject's candidate of that name, and leaves."""
        desk = self.desk(name)
        subject = desk.open(referral_id).referral.subjects[0]
        candidate = next(one for one in subject.candidates if one.name == person)
        decision = Decision(kind, subject.id, candidate.candidate_id, person, note="the left ear")
        desk.record(About(referral_id, subject.subject_id), decision, {"protocol": "test"})
        desk.leave()

    def standing(self, referral_id: int) -> str:
        """Where the first subject stands."""
        with self.records.database.read() as session:
            subject = subjects_of(session, session.get_one(Referral, referral_id))[0]
            return outcome.standing_of(session, subject.id).standing.value

    def _received(self, session: Session, source: str) -> Referral:
        referral = a_referral(session)
        referral.source, referral.received_at = source, now() - LONG_AGO
        session.flush()
        return referral

    def _search(
        self,
        session: Session,
        subject: Subject,
        probe: int,
        names: Sequence[str],
        rarity: float | None,
        link_to: int | None,
    ) -> None:
        gallery = get_gallery(session, "missing")
        known = {name: reference for reference, name in references_of(session, gallery)}
        proposed = [
            NewCandidate(
                face_id=faces_of_reference(session, known[name].id)[0][0].id,
                score=score,
                reference_id=known[name].id,
                probe_face_id=probe,
                rarity=rarity,
                rarity_low=rarity and rarity / 2,
                rarity_high=rarity and rarity * 2,
                rarity_basis=5000 if rarity else 0,
                cautions=["small face in the probe (36 px between the eyes)"] if name == names[0] else [],
            )
            for name, score in zip(names, SCORES, strict=False)
        ]
        if link_to is not None:
            linked = subjects_of(session, session.get_one(Referral, link_to))[0]
            face = faces_of_subject(session, linked.id)[0].id
            proposed.append(NewCandidate(face, 0.5, linked_subject_id=linked.id, probe_face_id=probe))
        a_search(session, subject, a_permit(session, [gallery.id], material=link_to is not None), proposed)
        # The permit was granted after the subject was there: this search has answered that.
        subject.outdated = None
