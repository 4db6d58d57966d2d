"""An app's own site with the document that describes it (CIMD), on 127.0.0.1 with a certificate that the platform trusts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.support.certificates import NAME, issue
from tests.support.peer import Peer, peer, reply

REDIRECT_URI = "https://agent.example/callback"


class Publisher:
    """`client_id` is the address of the document; `publish` changes what stands there."""

    def __init__(self, host: Peer) -> None:
        self.host = host
        self.client_id = f"https://127.0.0.1:{host.port}/client.json"
        self.publish()

    @property
    def document(self) -> dict[str, Any]:
        """A good one."""
        return {
            "client_id": self.client_id,
            "client_name": "Agent",
            "redirect_uris": [REDIRECT_URI],
            "token_endpoint_auth_method": "none",
        }

    @property
    def fetches(self) -> int:
        return len(self.host.requests)

    def publish(self, *, cache: str = "", **changes: Any) -> None:
        """Say the good document but for `changes`; None leaves a member out. `cache` is the Cache-Control."""
        said = {name: value for name, value in (self.document | changes).items() if value is not None}
        self.answer(reply(200, orjson.dumps(said), Content_Type="application/json", Cache_Control=cache))

    def answer(self, *raw: bytes) -> None:
        """Say exactly this."""
        self.host.says(*raw)


@contextmanager
def publisher(folder: Path, environment: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """A running one; this process, and those it starts, trust its certificate."""
    tls, _client = issue(folder, "127.0.0.1")
    environment.setenv("SSL_CERT_FILE", str(folder / NAME))
    with peer(tls=tls) as host:
        yield Publisher(host)
