"""Who hears which signal. A receiver that is not in this table, or no longer connected, is a change somebody must look at."""

from __future__ import annotations

from weakref import ReferenceType

from flask import Flask

from connect.core.signals import DECLARED

RECEIVERS: dict[str, set[str]] = {}


def test_each_signal_has_exactly_the_receivers_of_the_table(app: Flask) -> None:
    assert {name: _receivers(name) for name in DECLARED} == RECEIVERS


def test_each_signal_says_when_by_whom_and_with_what_it_is_sent() -> None:
    assert not [name for name, signal in DECLARED.items() if len((signal.__doc__ or "").strip()) < 40]


def _receivers(name: str) -> set[str]:
    found = DECLARED[name].receivers.values()
    live = [receiver() if isinstance(receiver, ReferenceType) else receiver for receiver in found]
    return {f"{receiver.__module__}.{receiver.__qualname__}" for receiver in live if receiver is not None}
