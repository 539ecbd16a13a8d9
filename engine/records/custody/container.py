"""How one object is encrypted: a header, then chunks of AES-256-GCM under a key made for this object alone.

Layout: 4 bytes "TRV" and the version, then every chunk of CHUNK plain bytes as its ciphertext and 16 bytes of tag. The
last chunk may be shorter and may be empty. What a tag covers beside its chunk (address, number, whether it is the last)
makes exchanged, repeated, missing and foreign chunks fail, as in the STREAM construction (Hoang, Reyhanitabar, Rogaway,
Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015).
"""

import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.records.errors import VaultError

CHUNK = 1 << 20
_HEADER = b"TRV\x01"
_TAG = 16
_NONCE = 12


def new_key() -> bytes:
    """A random data key for one object; no key may seal two objects, as the chunks' numbers are the nonces."""
    return AESGCM.generate_key(256)


def wrap(key: bytes, wrapping_key: bytes, address: str) -> bytes:
    """The data key as the database may hold it: nonce and AES-256-GCM of the key, bound to the address."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(wrapping_key).encrypt(nonce, key, address.encode())


def unwrap(wrapped: bytes, wrapping_key: bytes, address: str) -> bytes:
    """The data key of an object; raises VaultError where the row was altered or belongs to another address."""
    try:
        return AESGCM(wrapping_key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], address.encode())
    except (InvalidTag, ValueError) as error:
        raise VaultError(f"The key of the vault's object {address} was altered.", _RESTORE) from error


def seal(source: Iterator[bytes], target: BinaryIO, key: bytes, address: str) -> None:
    """Write the container of a content that comes in chunks of CHUNK bytes, the last one shorter."""
    cipher = AESGCM(key)
    target.write(_HEADER)
    chunk = next(source, b"")
    number = 0
    for following in source:
        target.write(cipher.encrypt(_nonce(number), chunk, _bound(address, number, last=False)))
        chunk, number = following, number + 1
    target.write(cipher.encrypt(_nonce(number), chunk, _bound(address, number, last=True)))


def unseal(source: BinaryIO, key: bytes, address: str) -> Iterator[bytes]:
    """The plain chunks of a container; raises VaultError at the first that is altered, out of place or missing."""
    if source.read(len(_HEADER)) != _HEADER:
        raise VaultError(f"The vault's object {address} is not in a form this program knows.", _RESTORE)
    cipher = AESGCM(key)
    sealed = source.read(CHUNK + _TAG)
    number = 0
    while True:
        following = source.read(CHUNK + _TAG)
        try:
            yield cipher.decrypt(_nonce(number), sealed, _bound(address, number, last=not following))
        except (InvalidTag, ValueError) as error:
            raise VaultError(f"The vault's object {address} was altered or cut short.", _RESTORE) from error
        if not following:
            return
        sealed, number = following, number + 1


def unseal_one(source: BinaryIO, key: bytes, address: str, number: int, *, last: bool) -> bytes:
    """The plain chunk of one number, wherever the source stands; raises VaultError as `unseal` does."""
    source.seek(len(_HEADER) + number * (CHUNK + _TAG))
    try:
        return AESGCM(key).decrypt(_nonce(number), source.read(CHUNK + _TAG), _bound(address, number, last=last))
    except (InvalidTag, ValueError) as error:
        raise VaultError(f"The vault's object {address} was altered or cut short.", _RESTORE) from error


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE, "big")


def _bound(address: str, number: int, *, last: bool) -> bytes:
    return _HEADER + bytes.fromhex(address) + number.to_bytes(8, "big") + bytes([last])


_RESTORE = "Put the vault's folder back from a backup of this home, and keep the damaged one for whoever looks into it."
