"""The life of an app, as data: which states there are, which moves lead from one to another, and who may make them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _

from apps_registry.errors import MoveRefused


class State(StrEnum):
    """Where an app stands. `in_review` is the first review; a published app stays published while a later version is reviewed."""

    DRAFT = "draft"  # being set up
    TESTING = "testing"  # sandbox accounts and up to five named ones may connect
    IN_REVIEW = "in_review"  # as testing, and the version is with the reviewers
    PUBLISHED = "published"  # every customer may connect, and the directory shows it
    UNLISTED = "unlisted"  # as published, but not in the directory
    PRIVATE = "private"  # made by an account for itself alone
    UNVERIFIED = "unverified"  # it registered itself; every account may connect it, and it may ask for little
    SUSPENDED = "suspended"  # nothing works until it is reinstated
    RETIRED = "retired"  # ended for good


class Party(StrEnum):
    """Who makes a move."""

    TEAM = "team"
    REVIEWER = "reviewer"
    OPERATOR = "operator"
    CLIENT = "client"  # the app itself, by its registration access token


@dataclass(frozen=True)
class Move:
    """A step of the life. `target` is None where the step leads back to where the app was before it was suspended."""

    sources: frozenset[State]
    target: State | None
    by: frozenset[Party]


def _move(sources: set[State], target: State | None, by: set[Party]) -> Move:
    return Move(frozenset(sources), target, frozenset(by))


_STAFF = {Party.REVIEWER, Party.OPERATOR}

MOVES: dict[str, Move] = {
    "test": _move({State.DRAFT}, State.TESTING, {Party.TEAM}),
    "submit": _move({State.DRAFT, State.TESTING}, State.IN_REVIEW, {Party.TEAM, Party.OPERATOR}),
    "withdraw": _move({State.IN_REVIEW}, State.TESTING, {Party.TEAM}),
    "return": _move({State.IN_REVIEW}, State.TESTING, _STAFF),
    "publish": _move({State.IN_REVIEW}, State.PUBLISHED, _STAFF),
    "unlist": _move({State.PUBLISHED}, State.UNLISTED, {Party.TEAM, *_STAFF}),
    "list": _move({State.UNLISTED}, State.PUBLISHED, {Party.TEAM, *_STAFF}),
    "suspend": _move(set(State) - {State.SUSPENDED, State.RETIRED}, State.SUSPENDED, _STAFF),
    "reinstate": _move({State.SUSPENDED}, None, _STAFF),
    "retire": _move(set(State) - {State.RETIRED}, State.RETIRED, {Party.TEAM, Party.OPERATOR, Party.CLIENT}),
}

OPEN_TO_ALL = frozenset({State.PUBLISHED, State.UNLISTED})
OPEN_UNREVIEWED = frozenset({State.UNVERIFIED})
OPEN_TO_TESTERS = frozenset({State.DRAFT, State.TESTING, State.IN_REVIEW})
CLOSED = frozenset({State.SUSPENDED, State.RETIRED})


def after(name: str, state: str, by: Party, before_suspension: str | None = None) -> str:
    """The state that move `name` leads to from `state`. Raises MoveRefused when it starts elsewhere or is not for `by`."""
    move = MOVES[name]
    if by not in move.by:
        raise MoveRefused(name, state, _("only %(who)s may do this", who=_words(move.by)))
    if state not in move.sources:
        raise MoveRefused(name, state, _("it can be done while it is %(states)s", states=_words(move.sources)))
    return (move.target or State(before_suspension or State.TESTING)).value


def possible(state: str, by: Party) -> frozenset[str]:
    """The moves that `by` may make from `state`."""
    return frozenset(name for name, move in MOVES.items() if by in move.by and state in move.sources)


def _words(names: frozenset[State] | frozenset[Party]) -> str:
    return " or ".join(sorted(name.value.replace("_", " ") for name in names))
