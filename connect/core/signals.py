"""How a signal is declared: a blinker signal with a name and a line that says when, by whom, with what it is sent."""

from __future__ import annotations

from blinker import NamedSignal

DECLARED: dict[str, NamedSignal] = {}


def signal(name: str, doc: str) -> NamedSignal:
    """Declare a signal once. `doc`: when it is sent, sender, arguments, inside or after the transaction."""
    if name in DECLARED:
        raise ValueError(f"the signal {name} is declared twice")
    DECLARED[name] = NamedSignal(name, doc)
    return DECLARED[name]
