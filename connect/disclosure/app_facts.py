"""Who an app is, as every page says it to a customer."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from apps_registry.origins import Origin
from apps_registry.queries import AppPage


@dataclass(frozen=True)
class AppFacts:
    """`developer` is the legal name, a `..._host` the host of the address before it.

    `unverified`: nobody answers for it here; `developer` is then the host of the document that describes it, or empty.
    """

    name: str
    developer: str
    reviewed: bool
    unverified: bool
    home_url: str
    home_host: str
    privacy_policy_url: str
    privacy_host: str

    @classmethod
    def of(cls, app: AppPage, *, reviewed: bool) -> AppFacts:
        """Of an app; `reviewed` is for the version that is spoken of."""
        return cls(
            name=app.name,
            developer=app.legal_developer,
            reviewed=reviewed,
            unverified=app.origin != Origin.TEAM,
            home_url=app.home_url,
            home_host=urlsplit(app.home_url).hostname or "",
            privacy_policy_url=app.privacy_policy_url,
            privacy_host=urlsplit(app.privacy_policy_url).hostname or "",
        )
