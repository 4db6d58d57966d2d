"""From an authorised request to the bytes of its answer: context, read, release; and what a moved grant means for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Response, g, request

from connect.core.problems import Problem, field_errors
from connect.core.web import request_id
from connect.disclosure.context import Context
from connect.disclosure.errors import CursorError, GrantMoved, OlderConsent
from connect.disclosure.purposes import purposes
from connect.disclosure.reads import Page
from connect.disclosure.release import Released, list_of, one, release
from connect.disclosure.rows import Rows
from connect.ledger import promise
from connect.oauth import resource, use_of_proof
from connect.oauth.resource import Access
from connect.scopes.errors import NotGranted, UnknownNames

_ATTEMPTS = 3  # a grant that changes under each of three reads is answered with 503


def answer_list(read: Callable[[Context], Page]) -> Response:
    """A page of records with its cursor and window."""
    return _answer(lambda context: _release_page(context, read(context)))


def answer_one(read: Callable[[Context], Rows | None]) -> Response:
    """One record, or 404 where it does not exist for this grant."""
    return _answer(lambda context: _release_one(context, read(context)))


def _release_page(context: Context, page: Page) -> Released:
    return release(
        context, page.rows, list_of(page={"next": page.next}, window=page.window), first=use_of_proof.pending()
    )


def _release_one(context: Context, rows: Rows | None) -> Released:
    if rows is None:
        raise Problem("not-found", "There is no such record, or this grant does not reach it.")
    return release(context, rows, one, first=use_of_proof.pending())


def _answer(disclose: Callable[[Context], Released]) -> Response:
    for _ in range(_ATTEMPTS):
        try:
            with _problems():
                released = disclose(_context(g.access))
        except GrantMoved:
            g.access = resource.authorise()  # raises what the app must know now, or goes on under the new version
            continue
        promised = {promise.HEADER: promise.header(released.entry)}
        return Response(released.body, content_type="application/json", headers=promised)
    raise Problem("unavailable", "The grant changed while it was read; try again.", headers={"Retry-After": "1"})


@contextmanager
def _problems() -> Iterator[None]:
    """What the door refuses, as the API says it."""
    try:
        yield
    except NotGranted as error:
        raise resource.insufficient_scope(error.scopes, _why(error), g.needed) from error
    except OlderConsent as error:
        raise resource.insufficient_scope(g.needed, str(error)) from error
    except UnknownNames as error:
        raise field_errors("invalid-parameter", {"fields": [str(error)]}) from error
    except CursorError as error:
        raise field_errors("invalid-cursor", {"cursor": [str(error)]}) from error


def _why(error: NotGranted) -> str:
    """The scopes that are missing; where none is, the customer consented before the fields existed."""
    if g.access.scopes.issuperset(error.scopes):
        return f"The customer's consent is older than {', '.join(sorted(error.needs))}; it takes a new consent."
    return str(error)


def _context(access: Access) -> Context:
    """What the ledger entry says besides the rows."""
    return Context(
        channel="api",
        operation=f"{request.method} {request.url_rule}",
        account_id=access.account_id,
        recipient_kind="app",
        recipient_id=access.app_id,
        scopes=access.scopes,
        terms=access.terms,
        catalogue_version=access.catalogue_version,
        timezone=access.timezone,
        app_id=access.app_id,
        grant_id=access.grant_id,
        grant_version=access.grant_version,
        grant_given_at=access.grant_given_at,
        token_id=access.token_id,
        purposes=purposes(access.app_version_id),
        request_id=request_id(),
        address=request.remote_addr or "",
        agent=request.user_agent.string,
    )
