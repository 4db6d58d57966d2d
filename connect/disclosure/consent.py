"""What a page of consent says: put together here once, and shown by the customer's page and the developer's look at it alike.

What it said goes into the notice hash of the grant and its receipt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connect.disclosure import consent_lines, consent_terms
from connect.disclosure.app_facts import AppFacts
from connect.disclosure.asking import Asking, Permission
from connect.disclosure.consent_lines import ScopeGroup
from connect.disclosure.consent_terms import TermLines
from connect.disclosure.preview import Preview
from connect.disclosure.proposal import Choice
from connect.scopes.catalogue import RESOURCES
from connect.scopes.terms import Terms
from connect.scopes.text import Words, words

Rows = Callable[[frozenset[str], Terms, Words], Preview]


@dataclass(frozen=True)
class ConsentView:
    """All that is said before an answer is given (core/pages/templates/pages/consent shows each member)."""

    app: AppFacts
    about_calls: bool
    groups: tuple[ScopeGroup, ...]
    terms: TermLines
    preview: Preview
    not_granted: tuple[str, ...]


def view(asking: Asking, choice: Choice, rows: Rows, permission: Permission) -> ConsentView:
    """The page with `choice` as it stands, for somebody with `permission`. Raises TermsError where the choice is too wide.

    `rows` makes the preview: `preview.preview` of somebody's own rows, through the door and into the ledger, or `preview.sample`.
    """
    return ConsentView(
        app=AppFacts.of(asking.app, reviewed=asking.reviewed),
        about_calls=RESOURCES["call"].scope in asking.scopes,
        groups=consent_lines.scope_groups(asking, choice, permission),
        terms=consent_terms.term_lines(asking, choice),
        preview=rows(asking.held(choice), asking.narrowed(choice), words(asking.language)),
        not_granted=consent_lines.not_granted(asking, choice),
    )
