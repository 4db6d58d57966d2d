"""What a person's role does not reach, in words: on a page before they act, as a problem when the act itself found it out."""

from __future__ import annotations

from flask_babel import gettext as _

from connect.accounts.roles import either, givers
from connect.core.i18n import language
from connect.core.problems import Problem
from connect.disclosure.consent_lines import ScopeRow
from connect.grants.errors import RoleTooLow
from connect.scopes.scopes import in_order
from connect.scopes.text import words


def barred_words(barred: frozenset[str], account_name: str) -> str:
    """What a role may not allow, by the scopes' titles, and who can."""
    said = words(language()).scopes
    return _(
        "Your role cannot allow: %(scopes)s. Ask an %(roles)s of %(account)s.",
        scopes=", ".join(f"“{said[scope.name].title}”" for scope in in_order(barred)),
        roles=either(givers(barred)),
        account=account_name,
    )


def barred_at_box(row: ScopeRow) -> str:
    """Who can allow what this person cannot; where the app has it already, that it loses it with a yes."""
    roles = either(row.givers)
    if row.already:
        return _(
            "Your role cannot allow this; an %(roles)s can. If the app is allowed without it, it loses it.", roles=roles
        )
    return _("Your role cannot allow this; an %(roles)s can.", roles=roles)


def refusal(error: RoleTooLow, account_name: str) -> Problem:
    """The answer to an act that the person's role does not reach any more when it is written."""
    if error.scopes:
        detail = barred_words(error.scopes, account_name)
    else:
        detail = _(
            "Your role cannot do this. Ask an %(roles)s of %(account)s.",
            roles=either(error.roles),
            account=account_name,
        )
    return Problem("forbidden", detail, scopes=sorted(error.scopes), roles=sorted(error.roles))
