"""What a token is for (RFC 8707). A token that nobody asked this of is for the API.

An audience is kept as the resources' identifiers with spaces between them, or as None for the API without having been asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from authlib.oauth2 import OAuth2Error

from connect.core import settings


class InvalidTarget(OAuth2Error):
    """RFC 8707 2."""

    error = "invalid_target"

    def __init__(self, description: str = "") -> None:
        super().__init__(description or f"The resource must be {api()}, which is the API.")


def api() -> str:
    """The identifier of the API, as its metadata has it (RFC 9728 1.2)."""
    return settings.current().base_url


def of(asked: Iterable[str]) -> str | None:
    """The audience that `asked`, the values of the parameter, make. Raises InvalidTarget for a resource that is not here."""
    named = {_plain(value) for value in asked}
    if named - {api()}:
        raise InvalidTarget
    return " ".join(sorted(named)) or None


def narrowed(held: str | None, asked: Iterable[str]) -> str | None:
    """What is asked of `held` at the token endpoint; all of it where nothing is asked. Raises InvalidTarget for more than that."""
    wanted = of(asked)
    if wanted is None:
        return held
    if not set(wanted.split()) <= set(named(held)):
        raise InvalidTarget("The resource is not one that this was asked for.")
    return wanted


def named(audience: str | None) -> list[str]:
    """The resources of an audience."""
    return [api()] if audience is None else audience.split()


def _plain(value: str) -> str:
    """Clients that keep an address as a URL write `https://host/` for `https://host` (WHATWG URL 4.4); both name the same."""
    return value.removesuffix("/")
