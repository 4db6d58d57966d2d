"""The order of checks of an authorization request, as tables that can be read at once: one rule a function, each with its source.

Rules about who asks and where the answer would go end in a page, never in a redirect (RFC 6749 4.1.2.1). All later ones are told to
the app by redirect. A pushed request (RFC 9126) keeps the same rules, and the app is told all of them in the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from authlib.oauth2.rfc6749 import (
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    UnauthorizedClientError,
    UnsupportedResponseTypeError,
)
from flask_babel import gettext as _

from connect.core.problems import Problem
from connect.oauth import clients
from connect.oauth.incoming import OAuthRequest
from connect.scopes import scopes
from connect.scopes.errors import ScopesError

LONGEST_STATE = 4096
_LONGEST_URI = 2000  # as the registry allows; a native app's port could make it longer
_SHOWN_AT_MOST = 200  # characters of the caller's own scopes in a description
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of a SHA-256, which is what S256 makes

Rule = Callable[[OAuthRequest], None]


def check(request: OAuthRequest) -> str:
    """The redirect URI of a request that keeps every rule; `request.client` is set.

    Raises Problem for what is shown as a page, OAuth2Error with its redirect URI for what the app is told.
    """
    for rule in SHOWN:
        rule(request)
    redirect_uri: str = request.payload.redirect_uri
    try:
        for rule in TOLD:
            rule(request)
    except OAuth2Error as error:
        error.redirect_uri = redirect_uri
        raise
    return redirect_uri


def client_is_named_once(request: OAuthRequest) -> None:
    """RFC 6749 3.1, 4.1.1."""
    if request.repeated & {"client_id", "redirect_uri"} or not request.payload.client_id:
        raise _page(_("The link does not say which app it is for. Start again from the app."))


def client_is_known(request: OAuthRequest) -> None:
    """RFC 6749 4.1.2.1. Behind a pushed request it was proved already."""
    request.client = request.client or clients.find(request.payload.client_id)
    if request.client is None:
        raise _page(_("No app of this name is registered here. Start again from the app, or tell its developer."))


def client_is_in_use(request: OAuthRequest) -> None:
    """A suspended app gets no browser sent to it, not even with an error."""
    if not request.client.app.usable:
        raise _page(_("%(app)s cannot be connected at the moment.", app=request.client.app.name))


def redirect_uri_is_registered(request: OAuthRequest) -> None:
    """RFC 9700 4.1.3: compared character by character; RFC 8252 7.3: any port on a native app's loopback address."""
    redirect_uri = request.payload.redirect_uri
    if not redirect_uri or len(redirect_uri) > _LONGEST_URI or not request.client.check_redirect_uri(redirect_uri):
        raise _page(
            _(
                "The address to return to is not one that %(app)s has registered, so nobody is sent there. Tell its developer.",
                app=request.client.app.name,
            )
        )


def parameters_come_once(request: OAuthRequest) -> None:
    """RFC 6749 3.1. A state that came twice is not sent back: neither is the one."""
    if "state" in request.repeated:
        request.form.pop("state", None)
    if request.repeated:
        raise InvalidRequestError("A parameter is there twice.")


def state_is_bounded(request: OAuthRequest) -> None:
    """Ours: a row is kept for each request. RFC 6749 names no bound; FAPI asks for 1,000 characters at least."""
    if len(request.payload.state or "") > LONGEST_STATE:
        request.form.pop("state")
        raise InvalidRequestError(f"The state may have {LONGEST_STATE} characters.")


def response_type_is_code(request: OAuthRequest) -> None:
    """RFC 6749 3.1.1; RFC 9700 2.1.2 ends the implicit grant."""
    if not request.payload.response_type:
        raise InvalidRequestError("The parameter response_type is missing.")
    if request.payload.response_type != "code":
        raise UnsupportedResponseTypeError(None)


def client_may_use_code(request: OAuthRequest) -> None:
    """RFC 6749 4.1.2.1."""
    if not request.client.check_response_type("code"):
        raise UnauthorizedClientError("This kind of client does not use the authorization code grant.")


def response_mode_is_query(request: OAuthRequest) -> None:
    """OAuth 2.0 Multiple Response Types 2.1."""
    if request.form.get("response_mode", "query") != "query":
        raise InvalidRequestError("The response_mode must be query.")


def no_request_object(request: OAuthRequest) -> None:
    """RFC 9101 6.3 names the error of a server that takes none."""
    if "request" in request.form:
        raise InvalidRequestError("Send the parameters themselves.", error="request_not_supported")


def no_reference_inside(request: OAuthRequest) -> None:
    """RFC 9126 2.1. At the authorization endpoint a reference is followed before these rules are asked."""
    if "request_uri" in request.form:
        raise InvalidRequestError("A pushed request holds the parameters themselves, never a request_uri.")


def challenge_is_s256(request: OAuthRequest) -> None:
    """RFC 7636 4.3, RFC 9700 2.1.1. Authlib would let a request without a challenge pass, and `plain` (trap T1)."""
    if "code_challenge" not in request.form:
        raise InvalidRequestError("The parameter code_challenge is missing (PKCE, RFC 7636).")
    if request.form.get("code_challenge_method") != "S256":
        raise InvalidRequestError("The code_challenge_method must be S256.")


def challenge_is_well_formed(request: OAuthRequest) -> None:
    """RFC 7636 4.2."""
    if not _CHALLENGE.fullmatch(request.form["code_challenge"]):
        raise InvalidRequestError("The code_challenge must be the base64url form of a SHA-256: 43 characters.")


def scope_is_known(request: OAuthRequest) -> None:
    """RFC 6749 3.3. No scope is no default: a token without one would open what asks for none (trap T7)."""
    try:
        names = scopes.parse(request.payload.scope or "")
    except ScopesError as error:
        raise InvalidScopeError("The scope must be names with one space between them.") from error
    unknown = scopes.unknown(names)
    if unknown:
        raise InvalidScopeError(f"Not a scope a customer can give: {scopes.join(unknown)[:_SHOWN_AT_MOST]}")
    if not names & scopes.CUSTOMER_SCOPES:
        raise InvalidScopeError("Name at least one scope that shows or changes something.")


def scope_is_the_apps(request: OAuthRequest) -> None:
    """An app asks only for what its version in force was registered, and where needed reviewed, for."""
    names = scopes.parse(request.payload.scope)
    version = request.client.app.version
    beyond = names - (version.scopes if version else frozenset())
    if beyond:
        raise InvalidScopeError(f"The app is not registered for: {scopes.join(beyond)[:_SHOWN_AT_MOST]}")
    request.scope = scopes.join(names)


SHOWN: tuple[Rule, ...] = (
    client_is_named_once,
    client_is_known,
    redirect_uri_is_registered,
    client_is_in_use,
)

REFERRED: tuple[Rule, ...] = (  # of an address that brings the reference of a pushed request and no more
    client_is_named_once,
    client_is_known,
    client_is_in_use,
)

TOLD: tuple[Rule, ...] = (
    parameters_come_once,
    state_is_bounded,
    response_type_is_code,
    client_may_use_code,
    response_mode_is_query,
    no_request_object,
    no_reference_inside,
    challenge_is_s256,
    challenge_is_well_formed,
    scope_is_known,
    scope_is_the_apps,
)


def _page(detail: str) -> Problem:
    return Problem("invalid-request", detail)
