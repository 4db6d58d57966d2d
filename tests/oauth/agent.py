"""Something that registers itself: what it sends, and how it comes before a customer."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from apps_registry import queries
from connect.core import database
from connect.ledger.models import LedgerEntry
from tests.oauth.flow import Flow, Signer, query
from tests.support import world

REDIRECT_URI = "https://agent.example/callback"
GOOD = {"client_name": "Agent", "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none"}
SCOPES = ["call_log:read", "numbers:read", "offline_access"]


@dataclass
class Agent:
    """Something that registers itself. `info` is the last client information response."""

    app: Flask
    info: dict[str, Any] = dataclasses.field(default_factory=dict)

    def register(self, **changes: Any) -> TestResponse:
        return self.send(orjson.dumps({k: v for k, v in (GOOD | changes).items() if v is not ...}))

    def send(self, body: bytes, kind: str = "application/json") -> TestResponse:
        return self.app.test_client().post("/oauth/register", data=body, content_type=kind)

    def registered(self, **changes: Any) -> dict[str, Any]:
        answer = self.register(**changes)
        assert answer.status_code == 201, answer.text
        self.info = answer.json
        return self.info

    def manage(self, method: str, token: str | None = None, of: str | None = None, body: Any = None) -> TestResponse:
        """A request to the configuration endpoint of the app, or of client `of`."""
        path = f"/oauth/register/{of or self.info['client_id']}"
        held = self.info["registration_access_token"] if token is None else token
        headers = {"Authorization": f"Bearer {held}"}
        return self.app.test_client().open(path, method=method, headers=headers, json=body)

    def change(self, **changes: Any) -> TestResponse:
        return self.manage("PUT", body=GOOD | {"client_id": self.info["client_id"]} | changes)

    @property
    def page(self) -> queries.AppPage:
        return queries.app_page(queries.app_id_of(self.info["client_id"]))

    def flow(self) -> Flow:
        """It before a customer."""
        page, made = self.page, world.make()
        customer = dataclasses.replace(
            made,
            app_id=page.id,
            app_version_id=page.versions[0].id,
            client_id=page.client_id,
            client_secret=self.info.get("client_secret"),
        )
        return Flow(self.app, customer, self.info["redirect_uris"][0])

    def connected(self, signer: Signer | None = None) -> tuple[Flow, dict[str, Any]]:
        """With the tokens that it got once the customer allowed it."""
        flow = self.flow()
        flow.signer = signer
        answer = flow.ask(scope=" ".join(SCOPES))
        code = query(flow.allow(flow.id_in(answer.location), SCOPES))["code"]
        return flow, flow.exchange(code).json


def ledger(client_id: str) -> list[dict[str, Any]]:
    """The ledger's entries about an app, oldest first."""
    with database.read() as connection:
        found = connection.scalars(
            select(LedgerEntry.body).where(LedgerEntry.type == "app").order_by(LedgerEntry.id)
        ).all()
    return [said for said in map(orjson.loads, found) if said["client_id"] == client_id]
