"""The SSH keys by which people are known: each key is one user's, and revoked it is refused at once.

A key's line is read as strictly as it can be: a key with options in front of it (`command=...`) or a certificate says
more than who somebody is, and is refused.
"""

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import BadKey, Duplicate, NotFound, NotYours
from engine.records.people.users import get_user, require_authority
from engine.records.schema import User, UserKey, now

#: What OpenSSH 9 offers and has not given up; the sk- types live in hardware tokens.
TYPES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)

#: BSI TR-02102-1 asks for RSA keys of 3000 bits or more.
SHORTEST_RSA = 3000

_SHOW = "The line is in the file that ends with .pub; `ssh-keygen -t ed25519` makes a new pair."


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key as its line gives it: type, the key in base64, and a comment that means nothing."""

    type: str
    blob: str
    comment: str = ""

    @property
    def fingerprint(self) -> str:
        """The fingerprint as `ssh-keygen -l` prints it."""
        digest = hashlib.sha256(base64.b64decode(self.blob)).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    @property
    def line(self) -> str:
        """The key's line, without its comment."""
        return f"{self.type} {self.blob}"


def read_public_key(text: str) -> PublicKey:
    """The one public key that a text holds, such as the content of id_ed25519.pub; raises BadKey."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if len(lines) != 1:
        raise BadKey(f"There are {len(lines)} keys in it where one is expected.", _SHOW)
    if "PRIVATE KEY" in lines[0]:
        raise BadKey("This is a private key, which its owner keeps to themselves.", _SHOW)
    kind, _, rest = lines[0].strip().partition(" ")
    blob, _, comment = rest.strip().partition(" ")
    if kind not in TYPES:
        raise BadKey("The line does not start with a type of key that is accepted.", f"Accepted: {', '.join(TYPES)}.")
    key = PublicKey(kind, blob, comment.strip())
    _check(key)
    return key


def add_key(session: Session, user: User, key: PublicKey, *, actor: Actor) -> UserKey:
    """Let a user sign in with a key; raises Duplicate for a key that is or was anybody's, Refused, NotYours."""
    require_authority(actor, "add a key")
    Actor.user(user)
    known = find_key(session, key)
    if known is not None:
        owner = get_user(session, known.user_id)
        raise Duplicate(
            f"The key {key.fingerprint} is known: {owner.name}'s{' (revoked)' if known.revoked_at else ''}.",
            "Each person has keys of their own, and a revoked one never comes back: ssh-keygen -t ed25519",
        )
    row = UserKey(user_id=user.id, type=key.type, blob=key.blob, fingerprint=key.fingerprint, comment=key.comment)
    session.add(row)
    session.flush()
    _note(session, actor, "key.added", row)
    return row


def revoke_key(session: Session, row: UserKey, *, actor: Actor) -> None:
    """End a key: it opens nothing any more, and what it has opened locks."""
    require_authority(actor, "revoke a key")
    if row.revoked_at is None:
        row.revoked_at = now()
        _note(session, actor, "key.revoked", row)


def keys_of(session: Session, user_id: int) -> list[UserKey]:
    """A user's keys, revoked ones too, the oldest first."""
    return list(session.scalars(select(UserKey).where(UserKey.user_id == user_id).order_by(UserKey.id)))


def has_key(session: Session, user_id: int) -> bool:
    """Whether a user has a key that opens something."""
    living = select(UserKey.id).where(UserKey.user_id == user_id, UserKey.revoked_at.is_(None))
    return session.scalar(living.limit(1)) is not None


def find_key(session: Session, key: PublicKey) -> UserKey | None:
    """The row of a key, revoked or not; none for a key that nobody has added."""
    return session.scalar(select(UserKey).where(UserKey.fingerprint == key.fingerprint))


def key_with(session: Session, fingerprint: str) -> UserKey:
    """The key with this fingerprint; raises NotFound."""
    row = session.scalar(select(UserKey).where(UserKey.fingerprint == fingerprint.strip()))
    if row is None:
        raise NotFound(f"There is no key {fingerprint}.", "See them all: triage user list --keys")
    return row


def holder_of(session: Session, key_id: int) -> User:
    """The user who acts with a key now; raises NotYours where the key or the user was revoked, or never was."""
    row = session.get(UserKey, key_id)
    if row is None or row.revoked_at is not None:
        raise NotYours("This key no longer opens anything.", "Ask a supervisor: triage user add-key NAME FILE")
    user = get_user(session, row.user_id)
    Actor.user(user)
    return user


def _check(key: PublicKey) -> None:
    broken = BadKey("The key is damaged, or not all of its line is there.", _SHOW)
    try:
        body = base64.b64decode(key.blob, validate=True)
        (length,) = struct.unpack_from(">I", body)
        # A key's own text begins with its type (RFC 4253, section 6.6): what is said in front must be what is inside.
        if body[4 : 4 + length] != key.type.encode():
            raise broken
        if key.type.startswith("sk-"):
            return
        loaded = load_ssh_public_key(key.line.encode())
    except (binascii.Error, struct.error, ValueError, UnsupportedAlgorithm):
        raise broken from None
    if isinstance(loaded, RSAPublicKey) and loaded.key_size < SHORTEST_RSA:
        raise BadKey(
            f"An RSA key of {loaded.key_size} bits is too short; {SHORTEST_RSA} are asked for.",
            "Make a better one: ssh-keygen -t ed25519",
        )


def _note(session: Session, actor: Actor, action: str, row: UserKey) -> None:
    ledger.record(
        session, actor=actor, action=action, target=ids.public("user", row.user_id), key=ids.public("key", row.id)
    )
