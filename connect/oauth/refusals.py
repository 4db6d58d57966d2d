"""Why a request to the API is refused: the order of checks on its token, and the words. Each is a problem document (RFC 9457) with the
challenge of RFC 6750 3, RFC 9449 7.1 and RFC 9728 5.1, in the scheme that the request came with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import request
from sqlalchemy import select

from connect.core import clock, database, settings
from connect.core.problems import Problem
from connect.grants.models import GrantVersion
from connect.oauth import audience, dpop, nonces
from connect.oauth.access import Token
from connect.oauth.answers import clean
from connect.oauth.dpop import InvalidProof, UseNonce
from connect.scopes import scopes

METADATA = "/.well-known/oauth-protected-resource"


def of(token: Token, needed: frozenset[str], now: datetime) -> Problem | None:
    """What speaks against using `token` for something that needs those scopes; None when nothing does."""
    end = token.standing.end(now)
    if end is not None:
        if end.slug != "grant-ended":
            return _no_longer(end.slug, end.words, None)
        return _no_longer(end.slug, _who_revoked(token) or end.words, token.standing.grant_ended_at)
    if token.revoked_at is not None:
        words = f"The access token was ended on {token.revoked_at:%Y-%m-%d}; get another, or connect again."
        return _no_longer("token-revoked", words, token.revoked_at)
    if token.expires_at <= now:
        return _no_longer("token-expired", "The access token has expired; use the refresh token.", token.expires_at)
    if audience.api() not in audience.named(token.resource):
        words = "This token is for another resource; get one for this."
        return Problem("not-authenticated", words, _challenge("invalid_token", words))
    if token.standing.grant_state == "paused":
        return Problem("grant-paused", "This app is paused for the customer; it can read again once they resume it.")
    missing = needed - token.effective
    return insufficient_scope(missing, _why_missing(token, missing), needed) if missing else None


def no_token(needed: Iterable[str]) -> Problem:
    """There is no token at all: the challenge names no error (RFC 6750 3.1)."""
    words = "Send an access token: Authorization: Bearer vta_..."
    return Problem("not-authenticated", words, _challenge(scope=scopes.join(needed)))


def key_needed() -> Problem:
    """A token that is bound to a key came as one that anybody might use (RFC 9449 7.1)."""
    words = "This token is bound to a key: send it as DPoP, with a proof."
    return Problem("not-authenticated", words, _challenge("invalid_token", words))


def no_key() -> Problem:
    """A token that is bound to no key came with a proof, which then proves nothing (RFC 9449 7.1)."""
    words = "This token is bound to no key: send it as Bearer, or get another with a proof."
    return Problem("not-authenticated", words, _challenge("invalid_token", words))


def proof(error: InvalidProof) -> Problem:
    """What is wrong with the proof of a token, or the nonce it needs (RFC 9449 7.1, 9)."""
    headers = _challenge(error.error, error.description)
    if isinstance(error, UseNonce):
        headers[nonces.HEADER] = error.nonce
    return Problem("invalid-proof", error.description, headers)


def sign_in_too_old(max_age: timedelta, needed: Iterable[str]) -> Problem:
    """Whoever allowed this signed in too long ago for what is asked (RFC 9470 3)."""
    seconds = int(max_age.total_seconds())
    words = f"The person has to sign in again: at most {seconds} seconds may have passed since."
    members = {"max_age": seconds, "scope": scopes.join(needed)}
    headers = _challenge("insufficient_user_authentication", words, **members)
    return Problem("insufficient-user-authentication", words, headers, max_age=seconds)


def unknown_token() -> Problem:
    """It was never issued, or ended so long ago that nothing is left of it."""
    words = "This is not an access token of ours, or it ended long ago."
    return Problem("not-authenticated", words, _challenge("invalid_token", words))


def insufficient_scope(missing: Iterable[str], words: str, needed: Iterable[str] = ()) -> Problem:
    """403 that says what would be needed: `scope` names all scopes for this call, `missing` those that are not there."""
    names = frozenset(missing)
    scope = scopes.join(names.union(needed))
    headers = _challenge("insufficient_scope", words, scope=scope)
    return Problem("insufficient-scope", words, headers, scope=scope, missing=sorted(names))


def grant_needed() -> Problem:
    """A token for the app alone came where a customer's is needed."""
    words = "This token stands for the app alone; what is asked for belongs to a customer. Connect an account."
    return Problem("insufficient-scope", words, _challenge("insufficient_scope", words))


def _no_longer(slug: str, words: str, ended_at: datetime | None) -> Problem:
    members = {"ended_at": clock.text(ended_at)} if ended_at else {}
    return Problem(slug, words, _challenge("invalid_token", words), **members)


def _why_missing(token: Token, missing: frozenset[str]) -> str:
    names = scopes.join(missing)
    if token.grant_id is None:
        return f"A token for the app alone does not have: {names}"
    if missing - frozenset(token.standing.grant_scopes or ()):
        return f"The customer has not granted: {names}"
    if missing - frozenset(token.in_force or ()):
        return f"The app's version in force does not ask for: {names}"
    return f"This token was not asked to have: {names}"


_WHO = {"person": "The customer", "app": "The app itself"}


def _who_revoked(token: Token) -> str | None:
    """Who ended a revoked grant and when; asked only where there is something to say."""
    standing = token.standing
    if standing.grant_state != "revoked" or standing.grant_ended_at is None or standing.account_state != "active":
        return None
    act = select(GrantVersion.actor_kind, GrantVersion.reason).where(
        GrantVersion.account_id == token.account_id,
        GrantVersion.grant_id == token.grant_id,
        GrantVersion.version == standing.grant_version,
    )
    with database.read() as connection:
        row = connection.execute(act).one_or_none()
    who = _WHO.get(row.actor_kind, "The platform") if row else "The customer"
    reason = f": {row.reason}" if row and row.reason and who == "The platform" else ""
    return f"{who} revoked this grant on {standing.grant_ended_at:%Y-%m-%d}{reason}."


def _challenge(error: str | None = None, words: str | None = None, **members: Any) -> dict[str, str]:
    said = {
        "realm": "VoiceTree Connect",
        "error": error,
        "error_description": clean(words) if words else None,
        **members,
    }
    said["resource_metadata"] = f"{settings.current().base_url}{METADATA}"
    algorithms = {"algs": " ".join(dpop.ALGORITHMS)}
    if _came_as_dpop():
        return {"WWW-Authenticate": _said("DPoP", said | algorithms)}
    return {"WWW-Authenticate": f"{_said('Bearer', said)}, {_said('DPoP', algorithms)}"}


def _came_as_dpop() -> bool:
    return request.headers.get("Authorization", "").lower().startswith("dpop ")


def _said(scheme: str, members: Mapping[str, Any]) -> str:
    return f"{scheme} " + ", ".join(f'{name}="{value}"' for name, value in members.items() if value not in {None, ""})
