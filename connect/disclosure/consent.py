"""What a page of consent says: put together here once, and shown by the customer's page and the developer's look at it alike.

It holds what is the same for everybody who is asked; what it said goes into the notice hash of the grant and its receipt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from apps_registry.origins import Origin
from connect.disclosure import consent_lines, consent_terms
from connect.disclosure.asking import Asking, Permission
from connect.disclosure.consent_lines import ScopeGroup
from connect.disclosure.consent_terms import TermLines
from connect.disclosure.preview import Preview
from connect.disclosure.proposal import Choice
from connect.scopes.terms import Terms
from connect.scopes.text import Words, words

Rows = Callable[[frozenset[str], Terms, Words], Preview]


@dataclass(frozen=True)
class AppFacts:
    """Who asks. `developer` is the legal name, a `..._host` the host of the address before it, `privacy_date` when it was last read.

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
    privacy_date: date | None = None


@dataclass(frozen=True)
class ConsentView:
    """All that is said before an answer is given (core/pages/templates/pages/consent shows each member)."""

    app: AppFacts
    groups: tuple[ScopeGroup, ...]
    terms: TermLines
    preview: Preview
    not_granted: tuple[str, ...]
    permission: Permission


def view(asking: Asking, choice: Choice, rows: Rows, permission: Permission) -> ConsentView:
    """The page with `choice` as it stands, for somebody with `permission`. Raises TermsError where the choice is too wide.

    `rows` makes the preview: `preview.preview` of somebody's own rows, through the door and into the ledger, or `preview.sample`.
    """
    return ConsentView(
        app=_facts(asking),
        groups=consent_lines.scope_groups(asking, choice, permission),
        terms=consent_terms.term_lines(asking, choice),
        preview=rows(asking.held(choice), asking.narrowed(choice), words(asking.language)),
        not_granted=consent_lines.not_granted(asking, choice),
        permission=permission,
    )


def _facts(asking: Asking) -> AppFacts:
    app = asking.app
    return AppFacts(
        name=app.name,
        developer=app.legal_developer,
        reviewed=asking.reviewed,
        unverified=app.origin != Origin.TEAM,
        home_url=app.home_url,
        home_host=urlsplit(app.home_url).hostname or "",
        privacy_policy_url=app.privacy_policy_url,
        privacy_host=urlsplit(app.privacy_policy_url).hostname or "",
    )
