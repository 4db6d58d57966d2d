"""Settings of Neem CRM, all from the environment."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Config:
    """`connect_url` is the VoiceTree Connect platform; id and secrets come from the registration of the app there."""

    client_id: str
    client_secret: str
    webhook_secret: str = ""  # whsec_…; without one the receiver takes nothing
    base_url: str = "http://127.0.0.1:5000"
    connect_url: str = "http://127.0.0.1:8000"
    port: int = 5000
    database: Path = Path("var/crm.db")
    session_key: str = field(
        default_factory=secrets.token_hex
    )  # signs the session cookie; a new one signs everybody out

    @property
    def redirect_uri(self) -> str:
        return f"{self.base_url}/callback"

    @classmethod
    def from_environment(cls) -> Config:
        """Read CRM_… and CONNECT_BASE_URL. Raises KeyError naming a variable that must be set and is not."""
        given = {
            "webhook_secret": os.environ.get("CRM_WEBHOOK_SECRET"),
            "base_url": os.environ.get("CRM_BASE_URL"),
            "connect_url": os.environ.get("CONNECT_BASE_URL"),
            "port": int(os.environ.get("CRM_PORT", "5000")),
            "database": Path(os.environ.get("CRM_DATABASE", "var/crm.db")),
            "session_key": os.environ.get("CRM_SESSION_KEY"),
        }
        return cls(
            client_id=os.environ["CRM_CLIENT_ID"],
            client_secret=os.environ["CRM_CLIENT_SECRET"],
            **{name: value for name, value in given.items() if value},  # type: ignore[arg-type]
        )
