"""What a redirect URI may be, and how one that an app presents is matched.

A URI is registered in one exact form and matched character by character (RFC 9700 4.1.3). The one exception is a native app's
loopback address, whose port the operating system picks at run time (RFC 8252 7.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

from flask_babel import gettext as _

from apps_registry.errors import RedirectRefused
from connect.core import settings

MOST_PER_APP = 20
_LONGEST = 2000
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_SCRIPT_SCHEMES = frozenset({"javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source"})
_ANSWER = frozenset({"code", "state", "iss", "error", "error_description", "error_uri", "response"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# The characters of RFC 3986: no double quote, angle bracket, backslash or space, and a percent sign only before two hex digits.
_PLAIN = re.compile(r"(?:[!$&-;=?-Z_a-z~#\[\]]|%[0-9A-Fa-f]{2})*")
_LOOPBACK_ORIGIN = re.compile(r"^(http://(?:127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?(?=[/?]|$)")


@dataclass(frozen=True)
class _Candidate:
    uri: str
    kind: str
    parts: SplitResult

    @property
    def scheme(self) -> str:
        return self.parts.scheme

    @property
    def web(self) -> bool:
        return self.scheme in {"http", "https"}

    @property
    def loopback(self) -> bool:
        return self.parts.hostname in _LOOPBACK


@dataclass(frozen=True)
class Rule:
    """`broken` says whether a candidate breaks it; `words` tell the developer what would be right."""

    name: str
    broken: Callable[[_Candidate], bool]
    words: Callable[[], str]


def check(uri: str, kind: str) -> None:
    """Refuse a redirect URI that a client of `kind` may not register. Raises RedirectRefused naming the first rule it breaks."""
    candidate = _Candidate(uri, kind, _split(uri))
    for rule in RULES:
        if rule.broken(candidate):
            raise RedirectRefused(uri, rule.name, rule.words())


def matches(registered: Iterable[str], presented: str, kind: str) -> bool:
    """Whether `presented` is one of the `registered`: exactly, or but for the port where a native app listens on loopback."""
    known = set(registered)
    if presented in known:
        return True
    bare = _without_port(presented)
    return kind == "native" and bare is not None and bare in {_without_port(uri) for uri in known}


def _without_port(uri: str) -> str | None:
    """A loopback address without its port; None for any other."""
    found = _LOOPBACK_ORIGIN.match(uri)
    return found[1] + uri[found.end() :] if found else None


def _split(uri: str) -> SplitResult:
    scheme = _SCHEME.match(uri)
    if len(uri) > _LONGEST or not _PLAIN.fullmatch(uri) or not scheme:
        raise RedirectRefused(
            uri[:200], "form", _("a redirect URI is absolute, in plain ASCII, of at most %(n)d characters", n=_LONGEST)
        )
    try:
        parts = urlsplit(uri)
        if parts.port == 0:
            raise ValueError("port 0 cannot be listened on")
    except ValueError as error:
        raise RedirectRefused(uri, "form", str(error)) from error
    return parts


def _private(candidate: _Candidate) -> bool:
    return not candidate.web


def _http_refused(candidate: _Candidate) -> bool:
    """Plain http stays on the device: a native app's loopback, or any client's while the platform itself runs in development."""
    may = candidate.loopback and (candidate.kind == "native" or not settings.current().production)
    return candidate.scheme == "http" and not may


def _unnormal(candidate: _Candidate) -> bool:
    """Forms that some readers resolve and others do not: dot segments, encoded dots and slashes, upper case in scheme or host."""
    path = candidate.parts.path.lower()
    segments = path.replace("%2e", ".").split("/")
    head = candidate.uri[: len(candidate.scheme) + 3 + len(candidate.parts.netloc)]
    mixed = candidate.web and head != head.lower()
    return bool({".", ".."} & set(segments)) or "%2e" in path or "%2f" in path or "%5c" in path or mixed


RULES: tuple[Rule, ...] = (
    Rule(
        "script",
        lambda c: c.scheme in _SCRIPT_SCHEMES,
        lambda: _("this scheme runs or opens something in the browser; use https"),
    ),
    Rule("fragment", lambda c: "#" in c.uri, lambda: _("it may not have a fragment (RFC 6749 3.1.2); leave out “#…”")),
    Rule(
        "wildcard", lambda c: "*" in c.uri, lambda: _("it is matched exactly, so “*” has no meaning; register each URI")
    ),
    Rule(
        "userinfo",
        lambda c: "@" in c.parts.netloc,
        lambda: _("it may not hold a user name or password; leave out what stands before “@”"),
    ),
    Rule("host", lambda c: c.web and not c.parts.hostname, lambda: _("a host is missing after “//”")),
    Rule(
        "http",
        _http_refused,
        lambda: _("http is for 127.0.0.1 and [::1] of a native app (RFC 8252 7.3); use https"),
    ),
    Rule(
        "private scheme",
        lambda c: _private(c) and c.kind != "native",
        lambda: _("a scheme of your own is for native apps; use https"),
    ),
    Rule(
        "dot",
        lambda c: _private(c) and "." not in c.scheme,
        lambda: _("a native app's scheme is a domain you own, reversed, such as com.example.app (RFC 8252 7.1)"),
    ),
    Rule(
        "normal form",
        _unnormal,
        lambda: _(
            "write it in its plain form: lower-case host, no “.” or “..” in the path, no encoded dots or slashes"
        ),
    ),
    Rule(
        "answer parameter",
        lambda c: bool(_ANSWER & {name for name, _value in parse_qsl(c.parts.query, keep_blank_values=True)}),
        lambda: _("its query may not use the names of the answer, such as code, state, iss or error"),
    ),
)
