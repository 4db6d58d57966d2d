"""What can be wrong with a request for fields, filters, scopes or terms. Entry rooms turn these into problems or OAuth errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class ScopesError(ValueError):
    """Base of this room's errors; the message is fit to be shown to the caller."""


class UnknownNames(ScopesError):
    """A field, filter or scope that does not exist. `names` are those, sorted."""

    def __init__(self, kind: str, names: Iterable[str], known: Iterable[str] = ()) -> None:
        self.kind, self.names, self.known = kind, tuple(sorted(names)), tuple(known)
        listed = f"; there are {', '.join(self.known)}" if self.known else ""
        super().__init__(f"unknown {kind}: {', '.join(self.names)}{listed}")


class NotGranted(ScopesError):
    """Fields or filters that this grant does not allow. `needs` maps each to the scope that does."""

    def __init__(self, needs: Mapping[str, str]) -> None:
        self.needs = dict(needs)
        super().__init__("; ".join(f"{name} needs {scope}" for name, scope in sorted(self.needs.items())))

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes to ask for, sorted."""
        return tuple(sorted(set(self.needs.values())))


class NothingGranted(ScopesError):
    """Nothing required and nothing ticked: the answer is access_denied."""


class TermsError(ScopesError):
    """Terms that are malformed or wider than allowed. `errors` maps each member to what is wrong with it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{member}: {message}" for member, message in self.errors.items()))
