"""No permit, no search: what a permit covers, and that each missing part is named."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.errors import NoPermit, NotFound, Refused
from engine.records.intake.cases import create_case
from engine.records.people.galleries import remove_gallery
from engine.records.schema import Permit, now
from engine.records.scopes import MATERIAL, Scope
from engine.records.searching import grants, permits
from engine.records.searching.grants import PermitGrant
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
    return grants.require(session, at=at, **(terms | changes))  # type: ignore[arg-type]


def test_a_permit_covers_exactly_what_it_says(world: World) -> None:
    with world.database.write() as session:
        approver = a_supervisor(session)
        covered, other = (a_gallery(session, name).id for name in ("missing", "custody"))
        with pytest.raises(NoPermit, match="none was ever granted"):
            require(session, [covered])
        permit = granted(session, approver, [covered])
        assert require(session, [covered]) == PermitGrant.under(permit.id, [covered], material=True)
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
            grants.check(session, grant, channel=Channel.INTAKE, role=SubjectRole.VICTIM)


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
            grants.check(session, grant, channel=Channel.INTAKE, role=SubjectRole.VICTIM)
        covered = grants.all_covered(session, channel=Channel.INTAKE, role=SubjectRole.VICTIM)
        assert covered == PermitGrant.under(permit.id, [kept.id], material=True)


def test_a_permit_for_a_case_covers_that_case_alone_and_comes_first(world: World) -> None:
    with world.database.write() as session:
        approver = a_supervisor(session)
        gallery = a_gallery(session, "missing").id
        one, two = (create_case(session, name, actor=approver) for name in ("one", "two"))
        of_case = granted(session, approver, [gallery], case_id=one.id)
        with pytest.raises(NoPermit, match=f"case K{one.id} alone"):
            require(session, [gallery], case_ids=[two.id])
        of_all = granted(session, approver, [gallery])
        assert require(session, [gallery], case_ids=[one.id]).permit_ids == (of_case.id,)
        assert require(session, [gallery], case_ids=[two.id]).permit_ids == (of_all.id,)


def test_automatic_searches_go_through_all_that_any_permit_covers(world: World) -> None:
    with world.database.write() as session:
        approver = a_supervisor(session)
        one, two = (a_gallery(session, name).id for name in ("missing", "custody"))
        old = granted(session, approver, [one])
        new = granted(session, approver, [one, two], material=False)
        granted(session, approver, [two], roles=[SubjectRole.SUSPECT], material=False)
        covered = grants.all_covered(session, channel=Channel.INTAKE, role=SubjectRole.VICTIM)
        assert dict(covered.covered) == {Scope(one): new.id, Scope(two): new.id, MATERIAL: old.id}
        assert covered.permit_ids == (new.id, old.id)
        assert (covered.gallery_ids, covered.material) == ((one, two), True)
        with pytest.raises(NoPermit, match="not bystander"):
            grants.all_covered(session, channel=Channel.INTAKE, role=SubjectRole.BYSTANDER)


def test_galleries_of_two_permits_can_be_asked_for_together(world: World) -> None:
    with world.database.write() as session:
        approver = a_supervisor(session)
        one, two, third = (a_gallery(session, name).id for name in ("missing", "custody", "third"))
        granted(session, approver, [one])
        granted(session, approver, [two], material=False)
        assert require(session, [one, two]).scopes == {Scope(one), Scope(two), MATERIAL}
        with pytest.raises(NoPermit, match="A2 does not cover the gallery third; A1 does not cover the gallery third"):
            require(session, [one, two, third])


def test_each_permit_of_a_grant_is_asked_again(world: World) -> None:
    with world.database.write() as session:
        approver = a_supervisor(session)
        one, two = (a_gallery(session, name).id for name in ("missing", "custody"))
        granted(session, approver, [one])
        second = granted(session, approver, [two], material=False)
        grant = require(session, [one, two])
        grants.check(session, grant, channel=Channel.INTAKE, role=SubjectRole.VICTIM)
        permits.revoke(session, second, actor=approver)
        with pytest.raises(NoPermit, match=f"A{second.id} was revoked"):
            grants.check(session, grant, channel=Channel.INTAKE, role=SubjectRole.VICTIM)
        with pytest.raises(NoPermit, match=f"A{second.id} does not cover"):
            grants.check(
                session,
                PermitGrant.under(second.id, [one], material=False),
                channel=Channel.INTAKE,
                role=SubjectRole.VICTIM,
                at=second.granted_at,
            )
        with pytest.raises(NoPermit):
            grants.check(session, PermitGrant(()), channel=Channel.INTAKE, role=SubjectRole.VICTIM)


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
