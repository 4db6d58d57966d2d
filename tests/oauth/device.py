"""A device (RFC 8628) before the platform: asks, shows its code, polls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from connect.oauth import requests, user_codes
from connect.oauth.clients import DEVICE
from tests.oauth.flow import OFFLINE, Flow

AUTHORIZE = "/oauth/device_authorization"


@dataclass
class Device:
    """A device of the flow's app. `shows` is what it was last told (RFC 8628 3.2)."""

    flow: Flow

    def ask(self, headers: Mapping[str, str] | None = None, **changes: str | None) -> TestResponse:
        """POST /oauth/device_authorization with a good request but for `changes`."""
        form: dict[str, str | None] = {"scope": " ".join(sorted(OFFLINE))}
        return self.flow.post(AUTHORIZE, form | changes, headers)

    def start(self, headers: Mapping[str, str] | None = None, **changes: str | None) -> dict[str, Any]:
        """What a device is told."""
        answer = self.ask(headers, **changes)
        assert answer.status_code == 200, answer.data
        return answer.json

    def request_id(self, told: Mapping[str, Any]) -> UUID:
        """The request that its person finds by the code it shows."""
        found = requests.of_user_code(user_codes.read(told["user_code"]))
        assert found is not None
        return found.id

    def allow(self, told: Mapping[str, Any], scopes: Iterable[str] = OFFLINE) -> str:
        return self.flow.allow(self.request_id(told), scopes)

    def refuse(self, told: Mapping[str, Any]) -> str:
        return self.flow.refuse(self.request_id(told))

    def poll(
        self, told: Mapping[str, Any], headers: Mapping[str, str] | None = None, **changes: str | None
    ) -> TestResponse:
        """POST /oauth/token with the device code."""
        form: dict[str, str | None] = {"grant_type": DEVICE, "device_code": told["device_code"]}
        return self.flow.post("/oauth/token", form | changes, headers)

    def connect(self, scopes: Iterable[str] = OFFLINE) -> dict[str, Any]:
        """The token response at the end of the whole flow."""
        told = self.start()
        self.allow(told, scopes)
        answer = self.poll(told)
        assert answer.status_code == 200, answer.data
        return answer.json


def error(answer: TestResponse) -> str:
    """What a device is told in the form of RFC 6749 5.2."""
    assert answer.status_code == 400, answer.data
    assert answer.headers["Cache-Control"] == "no-store"
    return str(answer.json["error"])
