"""Why the registry refuses something: each error names the field and says what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _


@dataclass(frozen=True)
class FieldError:
    """One wrong field: its name, and a sentence for the developer."""

    field: str
    message: str


class RegistryError(Exception):
    """Base of the refusals below; `errors` holds one line for each wrong field."""

    def __init__(self, *errors: FieldError) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))


class InvalidApp(RegistryError):
    """Something a developer entered is wrong."""


class NoSuchApp(RegistryError):
    """No app of that id, client id or version."""

    def __init__(self, field: str = "app") -> None:
        super().__init__(FieldError(field, _("There is no such app.")))


class NoSuchTeam(RegistryError):
    """No developer team of that name."""

    def __init__(self) -> None:
        super().__init__(FieldError("team", _("There is no developer team of this name.")))


class RedirectRefused(RegistryError):
    """A redirect URI breaks a rule. `rule` is its short name, such as `fragment`."""

    def __init__(self, uri: str, rule: str, message: str) -> None:
        self.uri, self.rule = uri, rule
        super().__init__(FieldError("redirect_uris", f"{uri!a}: {message}"))


class UnknownScopes(RegistryError):
    """Scopes that the catalogue does not have, or not for this kind of client."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            *(FieldError("scopes", _("%(scope)s is not a scope; leave it out.", scope=name)) for name in self.names)
        )


class MoveRefused(RegistryError):
    """The life of an app does not allow this step from here, or not to this party (lifecycle.py)."""

    def __init__(self, move: str, state: str, fix: str) -> None:
        self.move, self.state = move, state
        super().__init__(
            FieldError(
                "state",
                _(
                    "An app that is %(state)s cannot take the step “%(move)s”: %(fix)s.",
                    state=state,
                    move=move,
                    fix=fix,
                ),
            )
        )


class ReviewRefused(RegistryError):
    """This review cannot be entered."""

    def __init__(self, message: str, field: str = "decision") -> None:
        super().__init__(FieldError(field, message))


class TooManySecrets(RegistryError):
    """Two secrets are live already. `until` is when the older one ends by itself."""

    def __init__(self, until: datetime | None) -> None:
        self.until = until
        super().__init__(
            FieldError(
                "secret",
                _("Two secrets are live already. Wait until the older one has ended, or end it now."),
            )
        )
