"""DPoP proofs (RFC 9449): that whoever sends a request holds a key. The order of checks is one table, a rule a function."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from authlib.oauth2 import OAuth2Error
from joserfc.jwk import Key
from sqlalchemy.orm import Session

from connect.core import settings
from connect.core.public_keys import ALGORITHMS, public_key
from connect.oauth import nonces, replay, signatures
from connect.oauth.signatures import Signed

__all__ = ["ALGORITHMS", "HEADER", "InvalidProof", "Proof", "Request", "UseNonce", "check", "is_thumbprint"]

HEADER, SCHEME = "DPoP", "DPoP"
_LONGEST_JTI = 256
_THUMBPRINT = 43  # characters of base64url of a SHA-256
_PORTS = {"https": 443, "http": 80}


class InvalidProof(OAuth2Error):
    """RFC 9449 5, 7.1."""

    error = "invalid_dpop_proof"


class UseNonce(InvalidProof):
    """RFC 9449 8, 9: the proof needs a nonce of ours, and here is one."""

    error = "use_dpop_nonce"

    def __init__(self, now: datetime) -> None:
        super().__init__("The proof needs the nonce of the DPoP-Nonce header.")
        self.nonce = nonces.make(now)

    def get_headers(self) -> list[tuple[str, str]]:
        headers: list[tuple[str, str]] = super().get_headers()
        return [*headers, (nonces.HEADER, self.nonce)]


@dataclass(frozen=True)
class Request:
    """What a proof has to fit: method and decoded path of the request, the access token in it, whether a nonce is demanded."""

    method: str
    path: str
    now: datetime
    access_token: str | None = None
    nonce_demanded: bool = False


@dataclass(frozen=True)
class Proof:
    """A proof that was checked, and is still to be spent. `jkt` is the SHA-256 thumbprint of its key (RFC 7638)."""

    jkt: str
    jti: str
    until: datetime

    def spend(self, session: Session) -> None:
        """Use it up in the transaction of `session`. Raises InvalidProof when it was used before (RFC 9449 11.1)."""
        if not replay.first_use(session, replay.DPOP, f"{self.jkt}\n{self.jti}", self.until):
            raise InvalidProof("This proof was used before; make one for each request.")


def check(text: str, request: Request) -> Proof:
    """The proof in the header `DPoP` of `request` (RFC 9449 4.3). Raises InvalidProof, or UseNonce as its last resort."""
    try:
        signed = signatures.read(text)
        key = public_key(signed.header.get("jwk"))
    except ValueError as error:
        algorithms = ", ".join(ALGORITHMS)
        raise InvalidProof(f"One JWT is needed, with the public key that signed it, by {algorithms}.") from error
    for rule in RULES:
        rule(signed, key, request)
    return Proof(key.thumbprint(), signed.claims["jti"], _end(signed.claims))


def is_thumbprint(text: str) -> bool:
    """Whether `text` can be a `dpop_jkt` (RFC 9449 10)."""
    return len(text) == _THUMBPRINT and text.isascii() and text.replace("-", "a").replace("_", "a").isalnum()


def it_says_what_it_is(signed: Signed, key: Key, request: Request) -> None:
    """4.3 (4), RFC 8725 3.11: so that no other JWT can be taken for a proof."""
    if signed.header.get("typ") != "dpop+jwt":
        raise InvalidProof("The typ must be dpop+jwt.")


def it_is_signed_with_its_key(signed: Signed, key: Key, request: Request) -> None:
    """4.3 (6)."""
    if not signed.made_with(key):
        raise InvalidProof("The signature does not fit the key in the header.")


def it_has_a_name(signed: Signed, key: Key, request: Request) -> None:
    """4.2: jti."""
    jti = signed.claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
        raise InvalidProof(f"The jti must be a text of at most {_LONGEST_JTI} characters.")


def it_is_for_this_method(signed: Signed, key: Key, request: Request) -> None:
    """4.3 (8): htm, case and all."""
    if signed.claims.get("htm") != request.method:
        raise InvalidProof("The htm must be the method of this request.")


def it_is_for_this_address(signed: Signed, key: Key, request: Request) -> None:
    """4.3 (9): htu, without query and fragment, compared as RFC 3986 6.2.2 and 6.2.3 have it."""
    if _address(signed.claims.get("htu")) != (*_ours(), request.path):
        raise InvalidProof("The htu must be the address of this request, without its query.")


def it_is_of_now(signed: Signed, key: Key, request: Request) -> None:
    """4.3 (11), FAPI 2.0 5.3.2.1 (13): iat; and nbf and exp where they are there (RFC 7519 4.1)."""
    claims, now, config = signed.claims, request.now.timestamp(), settings.current()
    ahead, life = config.proof_leeway.total_seconds(), config.dpop_proof_life.total_seconds()
    if not signatures.is_number(claims.get("iat")) or not -ahead <= now - claims["iat"] < life:
        raise InvalidProof(f"The iat must be now, and at most {life:.0f} seconds ago.")
    if not signatures.is_number(claims.get("nbf", 0)) or claims.get("nbf", 0) > now + ahead:
        raise InvalidProof("The proof is not valid yet.")
    if not signatures.is_number(claims.get("exp", now + 1)) or claims.get("exp", now + 1) <= now - ahead:
        raise InvalidProof("The proof has expired.")


def it_is_for_this_token(signed: Signed, key: Key, request: Request) -> None:
    """4.3 (12): ath, where an access token comes along."""
    if request.access_token is None:
        return
    ath, digest = signed.claims.get("ath"), hashlib.sha256(request.access_token.encode()).digest()
    right = base64.urlsafe_b64encode(digest).rstrip(b"=")
    if not isinstance(ath, str) or not hmac.compare_digest(ath.encode(), right):
        raise InvalidProof("The ath must be the SHA-256 of the access token in this request.")


def it_has_our_nonce(signed: Signed, key: Key, request: Request) -> None:
    """4.3 (10), 8, 9. The last rule, so that whoever is told of it has a proof that is right but for this."""
    if request.nonce_demanded and not nonces.fresh(signed.claims.get("nonce"), request.now):
        raise UseNonce(request.now)


RULES: tuple[Callable[[Signed, Key, Request], None], ...] = (
    it_says_what_it_is,
    it_is_signed_with_its_key,
    it_has_a_name,
    it_is_for_this_method,
    it_is_for_this_address,
    it_is_of_now,
    it_is_for_this_token,
    it_has_our_nonce,
)


def _address(htu: object) -> tuple[str, str, int | None, str] | None:
    """Scheme, host and port as they compare, and the decoded path; None for what is no address, or has a user in it."""
    try:
        parts = urlsplit(htu) if isinstance(htu, str) else None
        if parts is None or "@" in parts.netloc:
            return None
        scheme = parts.scheme.lower()
        return scheme, parts.hostname or "", parts.port or _PORTS.get(scheme), unquote(parts.path) or "/"
    except ValueError:
        return None


def _ours() -> tuple[str, str, int | None]:
    address = _address(settings.current().base_url)
    assert address is not None
    return address[:3]


def _end(claims: dict[str, Any]) -> datetime:
    """When the proof is too old on any node, whose clocks may differ by the leeway."""
    config = settings.current()
    made = datetime.fromtimestamp(0, UTC) + timedelta(seconds=claims["iat"])
    return made + config.dpop_proof_life + config.proof_leeway
