"""SSH keys: read strictly, each one user's, and dead once revoked."""

import base64
import struct

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from config.errors import TriageError
from engine.records.actors import Actor
from engine.records.errors import BadKey, Duplicate, NotYours, Refused
from engine.records.people import user_keys, users
from engine.records.people.examiners import require_examiner
from engine.records.people.user_keys import PublicKey, read_public_key
from engine.records.words import UserRole
from tests.engine.records.records_world import World, a_user

SETUP = Actor.machine("setup")


def openssh(key: ed25519.Ed25519PublicKey | rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def a_key(comment: str = "") -> PublicKey:
    return read_public_key(f"{openssh(ed25519.Ed25519PrivateKey.generate().public_key())} {comment}")


def test_a_line_is_read_with_its_comment() -> None:
    line = openssh(ec.generate_private_key(ec.SECP256R1()).public_key())
    key = read_public_key(f"# made today\n\n{line} ada at home\n")
    assert (key.line, key.comment) == (line, "ada at home")
    assert key.fingerprint.startswith("SHA256:")


def test_what_is_more_or_less_than_a_key_is_refused() -> None:
    line = openssh(ed25519.Ed25519PrivateKey.generate().public_key())
    kind, blob = line.split(" ")
    short = openssh(rsa.generate_private_key(65537, 2048).public_key())
    other = base64.b64encode(struct.pack(">I", 7) + b"ssh-rsa" + base64.b64decode(blob)[15:]).decode()
    for text in (
        "",
        f"{line}\n{line}",
        f'command="/bin/sh" {line}',
        f"ssh-ed25519-cert-v01@openssh.com {blob}",
        f"{kind} {blob[:-8]}",
        f"{kind} {blob}!",
        f"{kind}",
        f"{kind} {other}",
        f"ssh-rsa {blob}",
        short,
        "-----BEGIN OPENSSH PRIVATE KEY-----",
    ):
        with pytest.raises(BadKey):
            read_public_key(text)


@given(
    st.text(max_size=200) | st.binary(max_size=200).map(lambda body: f"ssh-ed25519 {base64.b64encode(body).decode()}")
)
def test_any_text_is_a_key_or_a_refusal(text: str) -> None:
    try:
        key = read_public_key(text)
    except TriageError as error:
        assert error.hint
    else:
        assert read_public_key(key.line).fingerprint == key.fingerprint


def test_a_key_opens_until_it_or_its_user_is_revoked(world: World) -> None:
    with world.database.write() as session:
        user = users.add_user(session, "Ib", UserRole.INVESTIGATOR, None, actor=SETUP)
        first, second = (user_keys.add_key(session, user, a_key(), actor=SETUP) for _ in range(2))
        assert user_keys.holder_of(session, first.id).id == user.id
        user_keys.revoke_key(session, first, actor=SETUP)
        assert user_keys.holder_of(session, second.id).id == user.id
        with pytest.raises(NotYours):
            user_keys.holder_of(session, first.id)
        users.revoke(session, user, actor=SETUP)
        for number in (second.id, 99):
            with pytest.raises(NotYours):
                user_keys.holder_of(session, number)


def test_a_key_is_one_users_for_good(world: World) -> None:
    key = a_key()
    with world.database.write() as session:
        one, other = a_user(session, "one"), a_user(session, "other")
        row = user_keys.add_key(session, one, key, actor=SETUP)
        user_keys.revoke_key(session, row, actor=SETUP)
        for user in (one, other):
            with pytest.raises(Duplicate):
                user_keys.add_key(session, user, key, actor=SETUP)
        with pytest.raises(Refused):
            user_keys.add_key(session, other, a_key(), actor=Actor.user(one))


def test_a_key_makes_an_examiner_as_an_account_does(world: World) -> None:
    with world.database.write() as session:
        user = users.add_user(session, "Ib", UserRole.INVESTIGATOR, None, actor=SETUP)
        actor = Actor.user(user)
        with pytest.raises(NotYours):
            require_examiner(session, actor, "conclude")
        row = user_keys.add_key(session, user, a_key(), actor=SETUP)
        assert require_examiner(session, actor, "conclude") == user.id
        user_keys.revoke_key(session, row, actor=SETUP)
        with pytest.raises(NotYours):
            require_examiner(session, actor, "conclude")
