"""OAuth errors of ours. Descriptions are plain ASCII, no quotes or backslashes (RFC 6749 5.2), never what the caller sent (trap T8)."""

from __future__ import annotations

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidGrantError, InvalidRequestError

from connect.core.problems import Problem
from connect.oauth.answers import clean

_NOBODY = "The client is unknown, or its credentials are wrong."
_CODES = {429: "temporarily_unavailable", 503: "temporarily_unavailable", 500: "server_error"}


class UnsupportedMediaType(InvalidRequestError):
    """The body is not a form (RFC 6749 3.2)."""

    status_code = 415


class BodyTooLarge(InvalidRequestError):
    """The body is larger than any OAuth request."""

    status_code = 413


class Guess:
    """Marks an error whose cause may be guessing: an answer to it counts towards token_failure_rate (checklist 50)."""


class UnknownClient(Guess, InvalidClientError):
    """No such client, or a wrong secret: one and the same answer (checklist 34).

    With `challenge` it is a 401 that names Basic, as RFC 6749 5.2 wants where the Authorization header was tried.
    """

    def __init__(self, challenge: bool) -> None:
        super().__init__(_NOBODY, status_code=401 if challenge else 400)

    def get_headers(self) -> list[tuple[str, str]]:
        headers: list[tuple[str, str]] = OAuth2Error.get_headers(self)
        challenge = [("WWW-Authenticate", 'Basic realm="VoiceTree Connect", charset="UTF-8"')]
        return headers + challenge if self.status_code == 401 else headers


class NeverIssued(Guess, InvalidGrantError):
    """A code or a refresh token that no client ever got from here, or another client than this one did."""

    def __init__(self) -> None:
        super().__init__("This was not issued to this client.")


class TheftSeen(InvalidGrantError):
    """A code or a refresh token came back after it was spent. What was ended because of it stays ended: this error alone does not
    undo its transaction (R6)."""


def of_problem(problem: Problem) -> dict[str, str]:
    """A problem of the platform as an OAuth error: clients look for `error`, and would take anything else for a token."""
    error = _CODES.get(problem.status, "invalid_request")
    return {"error": error, "error_description": clean(problem.detail)}
