"""Keys: everything is derived from the master key, by purpose (HKDF, RFC 5869); signing keys rest sealed in the database."""

from __future__ import annotations

import hmac
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from connect.core import clock, database, ids, settings
from connect.core.database import Base, Bytes, UtcDateTime

_NONCE = 12


class SigningKey(Base):
    """An Ed25519 key by its purpose, sealed under the master key; `retired_at` once another took over."""

    __tablename__ = "signing_key"

    purpose: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(Bytes)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def derive(secret: bytes, purpose: str) -> bytes:
    """32 bytes for `purpose` out of `secret` (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"voicetree-connect/{purpose}".encode()).derive(
        secret
    )


@lru_cache(maxsize=4096)
def _key(master: str, purpose: str) -> bytes:
    return derive(master.encode(), purpose)


def key(purpose: str) -> bytes:
    """The 32-byte key of `purpose` under the master key."""
    return _key(settings.current().master_key, purpose)


def mac(purpose: str, data: bytes) -> bytes:
    """HMAC-SHA256 of `data` under the key of `purpose`; 32 bytes."""
    return hmac.digest(key(purpose), data, "sha256")


def seal(purpose: str, plaintext: bytes, aad: bytes = b"") -> bytes:
    """AES-256-GCM under the key of `purpose`; `aad` is bound and not stored."""
    return seal_with(key(purpose), plaintext, aad)


def unseal(purpose: str, box: bytes, aad: bytes = b"") -> bytes:
    """The plaintext of `seal`. Raises ValueError when the box, the purpose or `aad` is another."""
    return unseal_with(key(purpose), box, aad)


def seal_with(secret: bytes, plaintext: bytes, aad: bytes = b"") -> bytes:
    """AES-256-GCM under a key of the caller's."""
    nonce = ids.random_bytes(_NONCE)
    return nonce + AESGCM(secret).encrypt(nonce, plaintext, aad)


def unseal_with(secret: bytes, box: bytes, aad: bytes = b"") -> bytes:
    """The plaintext of `seal_with`. Raises ValueError."""
    try:
        return AESGCM(secret).decrypt(box[:_NONCE], box[_NONCE:], aad)
    except InvalidTag as error:
        raise ValueError("the sealed value cannot be opened with this key") from error


def signing_key(purpose: str, session: Session | None = None) -> Ed25519PrivateKey:
    """The Ed25519 key in force for `purpose`; made at first use. Two processes that make it at once agree on one."""
    if session is not None:
        return _load(session, purpose) or _make(session, purpose)
    with database.read() as connection:
        sealed = connection.scalar(_newest(purpose))
    if sealed is not None:
        return _open(purpose, sealed)
    with database.unit_of_work() as unit:
        return _load(unit, purpose) or _make(unit, purpose)


def _newest(purpose: str) -> Select[bytes]:
    return (
        select(SigningKey.sealed)
        .where(SigningKey.purpose == purpose, SigningKey.retired_at.is_(None))
        .order_by(SigningKey.number.desc())
        .limit(1)
    )


def _load(session: Session, purpose: str) -> Ed25519PrivateKey | None:
    sealed = session.scalar(_newest(purpose))
    return None if sealed is None else _open(purpose, sealed)


def _make(session: Session, purpose: str) -> Ed25519PrivateKey:
    private = Ed25519PrivateKey.generate()
    sealed = seal(f"signing-key/{purpose}", private.private_bytes_raw())
    row = {"purpose": purpose, "number": 1, "sealed": sealed, "created_at": clock.now()}
    session.execute(database.upsert(SigningKey).values(row).on_conflict_do_nothing())
    made = _load(session, purpose)
    assert made is not None
    return made


def _open(purpose: str, sealed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(unseal(f"signing-key/{purpose}", sealed))
