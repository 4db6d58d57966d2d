"""The kinds of client (RFC 6749 2.1, RFC 8252, RFC 8628): how each proves who it is, and whether a browser returns to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """`auth_methods` as in RFC 7591 2, the default first; `redirects`: it takes part in the authorization code flow; `polls`: in the
    device flow."""

    auth_methods: tuple[str, ...]
    redirects: bool
    polls: bool = False

    @property
    def confidential(self) -> bool:
        """Whether it can keep a credential, and so prove who it is."""
        return self.auth_methods != ("none",)

    @property
    def asks_customers(self) -> bool:
        """Whether a customer can allow it anything."""
        return self.redirects or self.polls


SECRET_METHODS = ("client_secret_basic", "client_secret_post")
KEY_METHOD = "private_key_jwt"
STANDARD, FAPI = "standard", "fapi"
PROFILES = (STANDARD, FAPI)
_PROVED = (*SECRET_METHODS, KEY_METHOD)

KINDS: dict[str, Kind] = {
    "confidential": Kind(_PROVED, redirects=True),  # runs on the developer's server
    "public": Kind(("none",), redirects=True),  # runs in the customer's browser
    "native": Kind(("none",), redirects=True),  # installed on a device
    "service": Kind(_PROVED, redirects=False),  # acts for the app alone, never on a customer's rows
    "device": Kind(("none",), redirects=False, polls=True),  # has no browser of its own
}
