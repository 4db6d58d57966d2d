"""The protector of /v1: who calls, for which customer, with which rights. One query, nothing remembered between two requests.

The order is that of R8: the address's limit, the token, the limit of app and account, then the view reads.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast
from uuid import UUID

from authlib.integrations.flask_oauth2 import ResourceProtector
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import TokenValidator
from flask import g
from flask import request as flask_request

from connect.core import clock, database, limits, settings
from connect.core.access import View, rule
from connect.oauth import access, dpop, guessing, nonces, refusals, use_of_proof
from connect.oauth.access import Token
from connect.oauth.dpop import InvalidProof, Proof
from connect.oauth.refusals import insufficient_scope
from connect.scopes import scopes
from connect.scopes.scopes import APP_SCOPES
from connect.scopes.terms import Terms

__all__ = ["Access", "AppAccess", "authorise", "insufficient_scope", "protected"]


@dataclass(frozen=True, slots=True)
class Access:
    """What one request may do with one customer's data. `scopes` are the effective ones; terms narrow them further, in SQL."""

    token_id: UUID
    app_id: UUID
    client_id: str
    account_id: UUID
    timezone: str
    grant_id: UUID
    grant_version: int
    grant_given_at: datetime
    app_version_id: UUID
    scopes: frozenset[str]
    terms: Terms
    catalogue_version: str


@dataclass(frozen=True, slots=True)
class AppAccess:
    """What one request may do for the app alone (client_credentials): never a customer's row."""

    token_id: UUID
    app_id: UUID
    client_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Needs:
    """What a view needs of a token: all of `scopes`, and a sign-in at most `max_age` ago."""

    scopes: frozenset[str]
    max_age: timedelta | None = None


def protected(*needed: str, max_age: timedelta | None = None) -> Callable[[View], View]:
    """A view that needs an access token with all of these scopes; `g.access` is then its Access.

    Without scopes any customer's token will do. With app scopes it is for the app alone, and `g.access` an AppAccess. `max_age` is how
    long ago the person who allowed it may have signed in, for acts that ask for a fresh sign-in (RFC 9470).
    """
    needs = Needs(frozenset(needed), max_age)

    def protect(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.access = authorise(needs)
            with use_of_proof.around_view():
                return view(*args, **kwargs)

        return cast(View, rule(f"token {scopes.join(needs.scopes)}".rstrip())(guarded))

    return protect


def authorise(needs: Needs | None = None) -> Access | AppAccess:
    """The rights of the present request, looked up now; by default for what its view needs. Raises Problem."""
    config = settings.current()
    if needs is not None:  # not when a view looks again, because the grant changed under it
        limits.hit("address", flask_request.remote_addr or "", config.address_rate)
        g.needed, g.max_age = needs.scopes, needs.max_age
    granted = _protector.acquire_token(g.needed)
    if needs is not None:
        limits.hit("api", f"{granted.app_id} {getattr(granted, 'account_id', '')}", config.api_rate)
    return granted


class _Validator(TokenValidator, ABC):
    """Access tokens in the Authorization header. One in query or body is not looked at (RFC 9700 4.3.2)."""

    def authenticate_token(self, token_string: str) -> Token | None:
        with database.read() as connection:
            return access.find(connection, token_string)

    def validate_token(self, token: Token | None, scopes: frozenset[str], request: Any) -> None:
        if token is None:
            guessing.count_at_the_api()
            raise refusals.unknown_token()
        self.validate_key(token, clock.now())
        problem = refusals.of(token, scopes, clock.now())
        if problem is not None:
            raise problem
        if token.grant_id is None and not scopes & APP_SCOPES:
            raise refusals.grant_needed()
        if g.max_age is not None and (
            token.authenticated_at is None or clock.now() - token.authenticated_at > g.max_age
        ):
            raise refusals.sign_in_too_old(g.max_age, scopes)

    @abstractmethod
    def validate_key(self, token: Token, now: datetime) -> None:
        """Raises Problem where the request does not prove what the scheme has it prove."""


class _Bearer(_Validator):
    """Who has the token may use it (RFC 6750)."""

    TOKEN_TYPE = "bearer"  # noqa: S105 - the scheme, in lower case

    def validate_key(self, token: Token, now: datetime) -> None:
        if token.jkt is not None:
            raise refusals.key_needed()


class _Dpop(_Validator):
    """Who has the token uses it with a proof of the key that it is bound to (RFC 9449 7)."""

    TOKEN_TYPE = "dpop"  # noqa: S105 - the scheme, in lower case

    def validate_key(self, token: Token, now: datetime) -> None:
        if token.jkt is None:
            raise refusals.no_key()
        try:
            use_of_proof.keep(self._proof(token, now))
        except InvalidProof as error:
            raise refusals.proof(error) from error

    def _proof(self, token: Token, now: datetime) -> Proof:
        text = flask_request.headers.get(dpop.HEADER)
        if text is None:
            raise InvalidProof("A DPoP proof is missing.")
        demanded = nonces.demanded(token.profile)
        if demanded:
            nonces.offer(now)
        sent = flask_request.headers["Authorization"].split(None, 1)[1]
        proof = dpop.check(text, dpop.Request(flask_request.method, flask_request.path, now, sent, demanded))
        if proof.jkt != token.jkt:
            raise InvalidProof("The proof is of another key than the token is bound to.")
        return proof


class _Protector(ResourceProtector):
    """Authlib's, with problem documents in place of its errors (trap T11)."""

    def acquire_token(self, scopes: frozenset[str]) -> Access | AppAccess:
        try:
            return _rights(super().acquire_token(scopes))
        except OAuth2Error as error:  # no Authorization header, or another scheme
            raise refusals.no_token(scopes) from error


def _rights(token: Token) -> Access | AppAccess:
    standing, rights = token.standing, token.effective
    if token.grant_id is None:
        return AppAccess(token.id, token.app_id, standing.client_id, rights)
    return Access(
        token_id=token.id,
        app_id=token.app_id,
        client_id=standing.client_id,
        account_id=cast(UUID, token.account_id),
        timezone=cast(str, token.timezone),
        grant_id=token.grant_id,
        grant_version=cast(int, standing.grant_version),
        grant_given_at=cast(datetime, token.given_at),
        app_version_id=cast(UUID, token.app_version_id),
        scopes=rights,
        terms=Terms.from_json(cast("dict[str, Any]", token.standing.grant_terms)),
        catalogue_version=cast(str, token.catalogue_version),
    )


_protector = _Protector()
_protector.register_token_validator(_Bearer())
_protector.register_token_validator(_Dpop())
