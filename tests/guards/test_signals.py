"""Who hears which signal. A receiver that is not in this table, or no longer connected, is a change somebody must look at.

blinker keeps receivers weakly: a closure would be collected and silently never called, so receivers are functions of a module.
"""

from __future__ import annotations

from weakref import ReferenceType

from flask import Flask

from connect.core.signals import DECLARED

LEDGER, GRANTS, DISCLOSURE = "connect.ledger.receivers", "connect.grants.receivers", "connect.disclosure.receivers"
OAUTH, WEBHOOKS = "connect.oauth.receivers", "connect.webhooks.receivers"

RECEIVERS: dict[str, set[str]] = {
    "account_added": {f"{LEDGER}.write_account_added"},
    "app_changed": {f"{LEDGER}.write_changed"},
    "app_moved": {f"{LEDGER}.write_moved"},
    "app_registered": {f"{LEDGER}.write_registered"},
    "app_reinstated": {f"{LEDGER}.write_reinstated"},
    "app_removed": {f"{LEDGER}.write_removed"},
    "app_retired": {f"{LEDGER}.write_retired"},
    "app_suspended": {f"{LEDGER}.write_suspended", f"{WEBHOOKS}.on_app_suspended"},
    "app_version_added": {f"{LEDGER}.write_version_added"},
    "call_ended": {f"{WEBHOOKS}.on_call_ended"},
    # Grants write their own entries: the ledger is a layer below them.
    "grant_changed": {f"{DISCLOSURE}.keep_catalogue"},
    "grant_confirmation_asked": set(),
    "grant_confirmed": set(),
    "grant_expired": {f"{OAUTH}.end_tokens_of_expired"},
    "grant_given": {f"{DISCLOSURE}.keep_catalogue"},
    "grant_narrowed": set(),
    "grant_paused": set(),
    "grant_resumed": set(),
    "grant_revoked": {f"{OAUTH}.end_tokens_of_revoked", f"{WEBHOOKS}.on_grant_revoked"},
    "keys_changed": {f"{LEDGER}.write_keys_changed"},
    "password_set": {f"{LEDGER}.write_password_set"},
    "person_added": {f"{LEDGER}.write_person_added"},
    "person_closed": {f"{LEDGER}.write_person_closed", f"{GRANTS}.review_after_leaving"},
    "profile_changed": {f"{LEDGER}.write_profile_changed"},
    "role_given": {f"{LEDGER}.write_role_given", f"{GRANTS}.review_after_a_role"},
    "role_taken": {f"{LEDGER}.write_role_taken", f"{GRANTS}.review_after_a_role"},
    "secret_ended": {f"{LEDGER}.write_secret_ended"},
    "secret_made": {f"{LEDGER}.write_secret_made"},
    "secret_rotated": {f"{LEDGER}.write_secret_rotated"},
    "signed_in": {f"{LEDGER}.write_staff_sign_in"},
    "signed_out_everywhere": {f"{LEDGER}.write_signed_out_everywhere"},
    "version_published": {f"{LEDGER}.write_published"},
    "version_reviewed": {f"{LEDGER}.write_reviewed"},
    "version_submitted": {f"{LEDGER}.write_submitted"},
}


def test_each_signal_has_exactly_the_receivers_of_the_table(app: Flask) -> None:
    assert {name: _receivers(name) for name in DECLARED} == RECEIVERS


def test_each_signal_says_when_by_whom_and_with_what_it_is_sent() -> None:
    assert not [name for name, signal in DECLARED.items() if len((signal.__doc__ or "").strip()) < 40]


def _receivers(name: str) -> set[str]:
    found = DECLARED[name].receivers.values()
    live = [receiver() if isinstance(receiver, ReferenceType) else receiver for receiver in found]
    return {f"{receiver.__module__}.{receiver.__qualname__}" for receiver in live if receiver is not None}
