"""The order of checks of an authorization request, as tables that can be read at once: one rule a function, each with its source.

Rules about who asks and where the answer would go end in a page, never in a redirect (RFC 6749 4.1.2.1). All later ones are told to
the app by redirect. A pushed request (RFC 9126) keeps the same rules, and the app is told all of them in the answer; so is a device
(RFC 8628), of whose rules none is about a browser.
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
from connect.oauth import answers, audience, client_documents, clients, details, dpop, reauthentication
from connect.oauth.client_documents import DocumentRefused
from connect.oauth.incoming import OAuthRequest
from connect.scopes import scopes
from connect.scopes.errors import ScopesError

LONGEST_STATE = 4096
_LONGEST_URI = 2000  # as the registry allows; a native app's port could make it longer
_LONGEST_HINT = 254  # an e-mail address (RFC 5321 4.5.3.1)
_LONGEST_NUMBER = 9  # digits
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


def client_describes_itself(request: OAuthRequest) -> None:
    """CIMD 3, 4: a client id that is an address says where its document is. Behind a pushed request it was read already."""
    if request.client is None:
        try:
            client_documents.bring_up_to_date(request.payload.client_id, request.address)
        except DocumentRefused as error:
            raise _page(str(error)) from error


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


def client_pushes_if_it_must(request: OAuthRequest) -> None:
    """RFC 9126 4, FAPI 2.0 5.3.2.2 (3). A pushed request comes by POST, and a browser then brings its reference alone."""
    if request.client.must_push and request.method == "GET":
        raise InvalidRequestError("This app has to push its authorization requests (RFC 9126).")


def parameters_come_once(request: OAuthRequest) -> None:
    """RFC 6749 3.1. A state that came twice is not sent back, since neither is the one; so with the way to send it."""
    for name in request.repeated & {"state", "response_mode"}:
        request.form.pop(name, None)
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


def client_may_use_device(request: OAuthRequest) -> None:
    """RFC 8628 3.1."""
    if not request.client.check_grant_type(clients.DEVICE):
        raise UnauthorizedClientError("This kind of client does not use the device flow.")


def client_may_use_code(request: OAuthRequest) -> None:
    """RFC 6749 4.1.2.1."""
    if not request.client.check_response_type("code"):
        raise UnauthorizedClientError("This kind of client does not use the authorization code grant.")


def response_mode_fits(request: OAuthRequest) -> None:
    """OAuth 2.0 Multiple Response Types 2.1, Form Post Response Mode 2."""
    mode = request.form.get("response_mode", answers.QUERY)
    if mode not in answers.MODES:
        raise InvalidRequestError(f"The response_mode must be one of: {', '.join(answers.MODES)}.")
    if mode == answers.FORM_POST and not answers.may_be_posted_to(request.payload.redirect_uri):
        raise InvalidRequestError("With response_mode form_post the redirect URI is https, or http on loopback.")


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


def key_is_a_thumbprint(request: OAuthRequest) -> None:
    """RFC 9449 10: dpop_jkt binds the code to a key."""
    if "dpop_jkt" in request.form and not dpop.is_thumbprint(request.form["dpop_jkt"]):
        raise InvalidRequestError("The dpop_jkt must be the base64url form of a SHA-256: 43 characters.")


def resource_is_here(request: OAuthRequest) -> None:
    """RFC 8707 2: what the tokens are for; the API where nothing is named."""
    request.audience = audience.of(request.resources)


def prompt_is_known(request: OAuthRequest) -> None:
    """OpenID Connect Core 3.1.2.1. With none nothing may stand beside it."""
    prompts = reauthentication.prompts(request.form)
    if prompts - reauthentication.PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise InvalidRequestError("The prompt must be login, consent, or none alone.")


def somebody_is_asked(request: OAuthRequest) -> None:
    """RFC 8628 3.3: a person has to come to the page."""
    if "none" in reauthentication.prompts(request.form):
        raise InvalidRequestError("A device cannot ask with prompt=none: its person has to see the page of consent.")


def max_age_is_a_number(request: OAuthRequest) -> None:
    """OpenID Connect Core 3.1.2.1, RFC 9470 4: seconds since the person signed in."""
    text = request.form.get("max_age", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise InvalidRequestError(f"The max_age must be a number of seconds, of at most {_LONGEST_NUMBER} digits.")


def login_hint_is_bounded(request: OAuthRequest) -> None:
    """OpenID Connect Core 3.1.2.1: the person's e-mail address, to be put into the form for them."""
    if len(request.form.get("login_hint", "")) > _LONGEST_HINT:
        raise InvalidRequestError(f"The login_hint may have {_LONGEST_HINT} characters.")


SHOWN: tuple[Rule, ...] = (
    client_is_named_once,
    client_describes_itself,
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
    client_pushes_if_it_must,
    parameters_come_once,
    state_is_bounded,
    response_type_is_code,
    client_may_use_code,
    response_mode_fits,
    no_request_object,
    no_reference_inside,
    challenge_is_s256,
    challenge_is_well_formed,
    scope_is_known,
    scope_is_the_apps,
    key_is_a_thumbprint,
    resource_is_here,
    details.check,
    prompt_is_known,
    max_age_is_a_number,
    login_hint_is_bounded,
)

OF_A_DEVICE: tuple[Rule, ...] = (  # RFC 8628 3.1: no browser comes back, so nothing about one is asked
    client_may_use_device,
    no_request_object,
    scope_is_known,
    scope_is_the_apps,
    key_is_a_thumbprint,
    resource_is_here,
    details.check,
    prompt_is_known,
    somebody_is_asked,
    max_age_is_a_number,
    login_hint_is_bounded,
)


def _page(detail: str) -> Problem:
    return Problem("invalid-request", detail)
