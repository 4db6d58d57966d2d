"""Client assertions (private_key_jwt; RFC 7523, OpenID Connect Core 9): a JWT that says who sends it, for this server, now, once.

The order of checks is one table, a rule a function. They read the JWT alone: whether such a client exists, and whether it signed this,
is asked after them (authentication.py), so what they tell its developer tells a stranger nothing. Of Authlib's JWTBearerClientAssertion
nothing would be left to use: it looks the client up before it looks at the claims and says so when there is none, takes lists of
audiences and any `exp`, picks no key by kid and knows no PS256 (trap T13).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError
from sqlalchemy.orm import Session

from connect.core import settings
from connect.core.public_keys import ALGORITHMS
from connect.oauth import replay, signatures
from connect.oauth.errors import UnknownClient
from connect.oauth.signatures import Signed

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523 2.2
MEMBERS = ("client_assertion", "client_assertion_type")
_TYPES = frozenset({"jwt", "client-authentication+jwt"})  # of the JWT; RFC 7519 5.1 and what follows RFC 7523
_LONGEST_ID = 255
_LONGEST_JTI = 256


class InvalidAssertion(UnknownClient):
    """invalid_client (RFC 7521 4.2.1): this cannot be an assertion of anybody."""

    def __init__(self, description: str) -> None:
        super().__init__(challenge=False)
        self.description = description


@dataclass(frozen=True)
class Assertion:
    """An assertion whose claims are right. That `client_id` made it, its signature is still to show; then it is to be spent."""

    signed: Signed
    client_id: str
    jti: str
    until: datetime

    @property
    def algorithm(self) -> str:
        return str(self.signed.header["alg"])

    @property
    def kid(self) -> object:
        """The name of the key, whatever stands there; None where nothing does."""
        return self.signed.header.get("kid")

    def spend(self, session: Session) -> bool:
        """Use it up in the transaction of `session`; False when it was used before (RFC 7523 3 (7))."""
        return replay.first_use(session, replay.ASSERTION, f"{self.client_id}\n{self.jti}", self.until)


def read(form: Mapping[str, str], now: datetime) -> Assertion:
    """The assertion among the parameters. Raises InvalidRequestError, InvalidAssertion."""
    if form.get("client_assertion_type") != TYPE or "client_assertion" not in form:
        raise InvalidRequestError(f"With client_assertion the client_assertion_type must be {TYPE}.")
    try:
        signed = signatures.read(form["client_assertion"])
    except ValueError as error:
        algorithms = ", ".join(ALGORITHMS)
        raise InvalidAssertion(f"The client_assertion must be one JWT, signed by {algorithms}.") from error
    for rule in RULES:
        rule(signed, now)
    claims = signed.claims
    if form.get("client_id", claims["sub"]) != claims["sub"]:  # RFC 7521 4.2
        raise InvalidAssertion("The client_id is not the sub of the client assertion.")
    return Assertion(signed, claims["sub"], claims["jti"], _end(claims))


def it_says_what_it_is(signed: Signed, now: datetime) -> None:
    """RFC 8725 3.11: a JWT that says it is something else, such as a DPoP proof, is not this."""
    kind = signed.header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise InvalidAssertion("The typ of the client assertion must be JWT, or left out.")


def it_names_its_client(signed: Signed, now: datetime) -> None:
    """RFC 7523 3 (1), (2): iss and sub are both the client's id."""
    client_id = signed.claims.get("sub")
    if not isinstance(client_id, str) or not 0 < len(client_id) <= _LONGEST_ID or "\x00" in client_id:
        raise InvalidAssertion("The sub of the client assertion must be the client_id.")
    if signed.claims.get("iss") != client_id:
        raise InvalidAssertion("The iss of the client assertion must be the client_id, as its sub is.")


def it_is_for_this_server(signed: Signed, now: datetime) -> None:
    """RFC 7523 3 (3), FAPI 2.0 5.3.2.1 (8): an assertion for an endpoint, or for several servers, could be made for somebody else."""
    if signed.claims.get("aud") != settings.current().base_url:
        raise InvalidAssertion("The aud of the client assertion must be the issuer, as one string.")


def it_is_of_now(signed: Signed, now: datetime) -> None:
    """RFC 7523 3 (4) to (6), FAPI 2.0 5.3.2.1 (13): exp, and nbf and iat where they are there."""
    claims, at, config = signed.claims, now.timestamp(), settings.current()
    leeway, life = config.proof_leeway.total_seconds(), config.assertion_life.total_seconds()
    if not signatures.is_number(claims.get("exp")) or claims["exp"] <= at - leeway:
        raise InvalidAssertion("The client assertion has no exp, or has expired.")
    if claims["exp"] > at + life + leeway:
        raise InvalidAssertion(f"The exp of the client assertion may be at most {life:.0f} seconds ahead.")
    for name in ("nbf", "iat"):
        if not signatures.is_number(claims.get(name, at)) or claims.get(name, at) > at + leeway:
            raise InvalidAssertion(f"The {name} of the client assertion is not a time, or lies ahead.")


def it_has_a_name(signed: Signed, now: datetime) -> None:
    """OpenID Connect Core 9: jti, so that it can be used once."""
    jti = signed.claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
        raise InvalidAssertion(f"The jti of the client assertion must be a text of at most {_LONGEST_JTI} characters.")


RULES: tuple[Callable[[Signed, datetime], None], ...] = (
    it_says_what_it_is,
    it_names_its_client,
    it_is_for_this_server,
    it_is_of_now,
    it_has_a_name,
)


def _end(claims: dict[str, Any]) -> datetime:
    """When it has expired on any node, whose clocks may differ by the leeway."""
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=claims["exp"]) + settings.current().proof_leeway
