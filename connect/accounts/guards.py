"""Who may open a page: decorators for views. Each leaves its rule on the view (connect.core.access); a view without one fails a test.

@blueprint.post("/apps/<app_id>/secret")
@requires(Right.MANAGE_APPS)
@fresh
def rotate_secret(app_id: str) -> Response: ...
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import g, redirect, url_for
from flask_babel import gettext as _

from connect.accounts import returning
from connect.accounts.person import CurrentPerson
from connect.accounts.roles import PLACE_OF, Place, Right, either, with_right
from connect.core import access, clock, settings
from connect.core.access import public
from connect.core.problems import Problem

__all__ = ["fresh", "is_fresh", "person", "public", "requires", "signed_in"]

View = TypeVar("View", bound=Callable[..., Any])


def person() -> CurrentPerson:
    """The signed-in person, in a view behind one of the guards."""
    found: CurrentPerson = g.person
    return found


def signed_in(view: View) -> View:
    """Whoever is signed in; others go to the sign-in page and come back."""
    return _guard(view, "signed in", lambda _who: None)


def requires(*rights: Right) -> Callable[[View], View]:
    """A signed-in person with one of `rights`: in the account they work in, in any of their teams, or with the staff.

    Whoever has it in an account but has not chosen one yet is asked which.
    """

    def decorate(view: View) -> View:
        return _guard(view, f"right {' or '.join(right.value for right in rights)}", lambda who: _check(who, rights))

    return decorate


def fresh(view: View) -> View:
    """A sign-in no older than setting fresh_sign_in; an older one is confirmed with the password first. Stands below the others."""
    return _guard(view, "fresh sign-in", lambda who: None if is_fresh(who) else _to("signin.confirm"))


def is_fresh(who: CurrentPerson) -> bool:
    """Whether the person proved who they are within the last minutes (setting fresh_sign_in)."""
    return clock.now() - who.authenticated_at <= settings.current().fresh_sign_in


def _guard(view: View, text: str, refuse: Callable[[CurrentPerson], Any]) -> View:
    """`view` behind the sign-in and behind `refuse`, which answers in its place, raises, or gives None to let it pass."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        who: CurrentPerson | None = g.get("person")
        if who is None:
            return _to("signin.sign_in")
        answer = refuse(who)
        return view(*args, **kwargs) if answer is None else answer

    below = getattr(view, "access_rule", "")
    return access.rule(f"{text}, {below}" if below else text)(guarded)  # type: ignore[return-value]


def _check(who: CurrentPerson, rights: tuple[Right, ...]) -> Any:
    if any(_holds(who, right) for right in rights):
        return None
    unchosen = who.account_id is None and any(PLACE_OF[right] is Place.ACCOUNT and who.may(right) for right in rights)
    if unchosen:
        return _to("signin.choose_account")
    roles = either(name for right in rights for name in with_right(right))
    raise Problem("forbidden", _("This is for: %(roles)s.", roles=roles))


def _holds(who: CurrentPerson, right: Right) -> bool:
    if PLACE_OF[right] is Place.ACCOUNT:
        return who.account_id is not None and who.may(right, account_id=who.account_id)
    return who.may(right)


def _to(endpoint: str) -> Any:
    returning.remember()
    return redirect(url_for(endpoint), 303)
