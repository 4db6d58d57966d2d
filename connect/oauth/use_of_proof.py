"""A DPoP proof that came with an API request is used up once, and without a commit of its own where the answer has one already.

A disclosure uses it in the transaction of its ledger entry, before it: no entry and no answer for a proof that was used before. Where
the answer needs no transaction, the proof gets one after the view has read and before anything leaves. A view that changes something
runs after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g, request
from sqlalchemy.orm import Session

from connect.core import database
from connect.oauth import refusals
from connect.oauth.dpop import InvalidProof, Proof

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110 9.2.1


class Use:
    """The one use of `proof`. Called with a session it happens in that transaction, and counts once that is durable."""

    def __init__(self, proof: Proof) -> None:
        self._proof, self.done = proof, False

    def __call__(self, session: Session) -> None:
        if not self.done:
            self._proof.spend(session)
            database.after_commit(session, self._finish)

    def _finish(self) -> None:
        self.done = True


def keep(proof: Proof) -> None:
    """Let the present request use `proof`; one that looks at its token again has it already."""
    if pending() is None:
        g.use_of_proof = Use(proof)


def pending() -> Use | None:
    """What the present request has to do, if it came with a proof, in the transaction that makes its answer true."""
    found: Use | None = g.get("use_of_proof")
    return found


@contextmanager
def around_view() -> Iterator[None]:
    """The view runs inside; a proof it did not use is used here. Raises Problem for one that was used before."""
    use = pending()
    try:
        if use and request.method not in _SAFE:
            database.group_commit(use)
        yield
        if use and not use.done:
            database.group_commit(use)
    except InvalidProof as error:
        raise refusals.proof(error) from error
