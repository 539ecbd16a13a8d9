"""No permit, no search: what a permit covers, and that each missing part is named."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.errors import NoPermit, NotFound, Refused
from engine.records.intake.cases import create_case
from engine.records.people.galleries import remove_gallery
from engine.records.schema import Permit, now
from engine.records.searching import permits
from engine.records.searching.permits import PermitGrant
from engine.records.words import Channel, SubjectRole, UserRole
from tests.engine.records.records_world import WORKER, World, a_gallery, a_user


def a_supervisor(session: Session) -> Actor:
    return Actor.user(a_user(session, "supervisor", UserRole.SUPERVISOR))


def granted(session: Session, approver: Actor, galleries: list[int], **changes: object) -> Permit:
    terms: dict[str, object] = {
        "channel": Channel.INTAKE,
        "purpose": "identify victims",
        "lawful_basis": "section 1",
        "roles": [SubjectRole.VICTIM],
        "galleries": galleries,
        "material": True,
        "approver": approver,
        "expires_at": now() + timedelta(days=1),
    }
    return permits.grant(session, **(terms | changes))  # type: ignore[arg-type]


def require(session: Session, galleries: list[int], at: datetime | None = None, **changes: object) -> PermitGrant:
    terms: dict[str, object] = {
        "channel": Channel.INTAKE,
        "role": SubjectRole.VICTIM,
        "galleries": galleries,
        "material": True,
    }
    return permits.require(session, at=at, **(terms | changes))  # type: ignore[arg-type]


def test_a_permit_covers_exactly_what_it_says(world: World) -> None:
    with world.database.write() as session:
        approver = a_supervisor(session)
        covered, other = (a_gallery(session, name).id for name in ("missing", "custody"))
        with pytest.raises(NoPermit, match="none was ever granted"):
            require(session, [covered])
        permit = granted(session, approver, [covered])
        assert require(session, [covered]) == PermitGrant(permit.id, (covered,), True)
        for missing, changes in {
            "does not cover the gallery custody": {"galleries": [covered, other]},
            "role victim, not suspect": {"role": SubjectRole.SUSPECT},
            "channel intake, not desk": {"channel": Channel.DESK},
        }.items():
            with pytest.raises(NoPermit, match=f"A{permit.id}.*{missing}"):
                require(session, **({"galleries": [covered]} | changes))  # type: ignore[arg-type]


def test_a_permit_without_the_material_does_not_cover_it(world: World) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing").id
        granted(session, a_supervisor(session), [gallery], material=False)
        with pytest.raises(NoPermit, match="material"):
            require(session, [gallery])
        assert require(session, [gallery], material=False).material is False


def test_a_permit_ends_at_its_moment_and_when_it_is_revoked(world: World) -> None:
    with world.database.write() as session:
        approver = a_supervisor(session)
        gallery = a_gallery(session, "missing").id
        permit = granted(session, approver, [gallery])
        grant = require(session, [gallery], at=permit.expires_at - timedelta(seconds=1))
        with pytest.raises(NoPermit, match="expired"):
            require(session, [gallery], at=permit.expires_at)
        with pytest.raises(NoPermit, match="only since"):
            require(session, [gallery], at=permit.granted_at - timedelta(seconds=1))
        with pytest.raises(Refused):
            permits.revoke(session, permit, actor=Actor.user(a_user(session, "anna")))
        permits.revoke(session, permit, actor=approver)
        with pytest.raises(NoPermit, match="revoked"):
            require(session, [gallery])
        with pytest.raises(NoPermit, match="revoked"):
            permits.check(session, grant, channel=Channel.INTAKE, role=SubjectRole.VICTIM)


def test_a_removed_gallery_is_searched_under_no_permit(world: World) -> None:
    with world.database.write() as session:
        approver = a_supervisor(session)
        kept, gone = (a_gallery(session, name) for name in ("missing", "custody"))
        permit = granted(session, approver, [kept.id, gone.id])
        grant = require(session, [kept.id, gone.id])
        remove_gallery(session, gone, actor=approver)
        with pytest.raises(NoPermit, match="custody was removed"):
            require(session, [gone.id])
        with pytest.raises(NoPermit, match="custody was removed"):
            permits.check(session, grant, channel=Channel.INTAKE, role=SubjectRole.VICTIM)
        covered = permits.galleries_covered(session, channel=Channel.INTAKE, role=SubjectRole.VICTIM)
        assert covered == PermitGrant(permit.id, (kept.id,), True)


def test_a_permit_for_a_case_covers_that_case_alone_and_comes_first(world: World) -> None:
    with world.database.write() as session:
        approver = a_supervisor(session)
        gallery = a_gallery(session, "missing").id
        one, two = (create_case(session, name, actor=approver) for name in ("one", "two"))
        of_case = granted(session, approver, [gallery], case_id=one.id)
        with pytest.raises(NoPermit, match=f"case K{one.id} alone"):
            require(session, [gallery], case_id=two.id)
        of_all = granted(session, approver, [gallery])
        assert require(session, [gallery], case_id=one.id).permit_id == of_case.id
        assert require(session, [gallery], case_id=two.id).permit_id == of_all.id


def test_automatic_searches_take_the_widest_permit_or_none(world: World) -> None:
    with world.database.write() as session:
        approver = a_supervisor(session)
        one, two = (a_gallery(session, name).id for name in ("missing", "custody"))
        granted(session, approver, [one])
        wide = granted(session, approver, [one, two], material=False)
        covered = permits.galleries_covered(session, channel=Channel.INTAKE, role=SubjectRole.VICTIM)
        assert covered == PermitGrant(wide.id, (one, two), False)
        with pytest.raises(NoPermit, match="not suspect"):
            permits.galleries_covered(session, channel=Channel.INTAKE, role=SubjectRole.SUSPECT)


def test_only_a_supervisor_grants_and_only_what_can_be_searched(world: World) -> None:
    with world.database.write() as session:
        approver = a_supervisor(session)
        gallery = a_gallery(session, "missing").id
        for nobody in (WORKER, Actor.user(a_user(session, "anna"))):
            with pytest.raises(Refused):
                granted(session, nobody, [gallery])
        for changes in (
            {"purpose": " "},
            {"lawful_basis": ""},
            {"roles": []},
            {"expires_at": now()},
            {"galleries": [], "material": False},
        ):
            with pytest.raises(Refused):
                granted(session, approver, **({"galleries": [gallery]} | changes))  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            granted(session, approver, [99])
        assert permits.list_permits(session) == []
