"""The log's name and signing key."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from connect.core import keyring, settings
from connect.ledger import note
from connect.ledger.models import LOG

PURPOSE = "ledger"


def origin() -> str:
    """The name a new log gets; later it is the one in `ledger_state`, which never changes."""
    config = settings.current()
    return config.ledger_origin or f"{config.host}/ledger/{LOG}"


def signing_key(session: Session | None = None) -> Ed25519PrivateKey:
    """The key that signs checkpoints; made at first use."""
    return keyring.signing_key(PURPOSE, session)


def verifier_key(name: str, key: Ed25519PrivateKey | None = None) -> str:
    """What an auditor keeps to check the log of that name: `name+hash+key`."""
    return note.verifier_key(name, (key or signing_key()).public_key())


def policy(vkey: str) -> str:
    """Whom a checkpoint must be signed by (C2SP tlog-policy): the log, and no witness."""
    return f"log {vkey}\nquorum none\n"
