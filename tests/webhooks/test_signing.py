"""Signatures are those of Standard Webhooks, as its own library makes and checks them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from connect.core.settings import Settings
from connect.webhooks import signing

ENDPOINT, OTHER = UUID(int=1), UUID(int=2)
AT = datetime(2026, 11, 25, 10, 0, 0, 900_000, tzinfo=UTC)
BODY = '{"type":"call.ended","who":"Ünïcode ₹"}'.encode()


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix("whsec_"))


def test_a_signature_equals_the_official_librarys() -> None:
    secret = signing.new_secret()
    ours = signing.headers([_key(secret)], "evt_1", AT, BODY)
    assert ours["webhook-signature"] == Webhook(secret).sign("evt_1", AT, BODY.decode())
    assert (ours["webhook-id"], ours["webhook-timestamp"]) == ("evt_1", "1795600800")


def test_a_secret_has_the_standards_prefix_and_32_random_bytes() -> None:
    first, second = signing.new_secret(), signing.new_secret()
    assert first.startswith("whsec_")
    assert len(_key(first)) == 32
    assert first != second


def test_every_secret_of_an_overlap_signs() -> None:
    old, new = signing.new_secret(), signing.new_secret()
    now = datetime.now(UTC)
    headers = signing.headers([_key(new), _key(old)], "evt_1", now, BODY)
    for secret in (old, new):
        Webhook(secret).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(BODY, headers)


def test_a_changed_body_fails() -> None:
    secret = signing.new_secret()
    headers = signing.headers([_key(secret)], "evt_1", datetime.now(UTC), BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", headers)


def test_a_sealed_secret_opens_for_its_own_endpoint_alone(settings: Settings) -> None:
    secret = signing.new_secret()
    sealed = signing.seal(secret, ENDPOINT)
    assert _key(secret) not in sealed
    assert signing.unseal(sealed, ENDPOINT) == _key(secret)
    with pytest.raises(ValueError):
        signing.unseal(sealed, OTHER)
