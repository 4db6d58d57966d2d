"""What every server of this comparison knows alike: one confidential client, its redirect URI, one PKCE verifier."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

REDIRECT_URI = "https://app.example/callback"
VERIFIER = "a verifier of the comparison that is at least 43 long".replace(" ", "-")
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPE = "api:read"
SERVICE = "comparison-alone"  # where a client may have one kind of grant only, the one that stands for itself


@dataclass(frozen=True)
class Client:
    """A client that a server knows, authenticated by Basic; `scope` is what it may have for itself alone."""

    id: str = "comparison"
    secret: str = "a-secret-of-the-comparison-of-256-bits-or-so"
    scope: str = SCOPE
    redirect_uri: str = REDIRECT_URI

    @property
    def headers(self) -> dict[str, str]:
        credentials = f"{self.id}:{self.secret}".encode()
        return {"Authorization": f"Basic {base64.b64encode(credentials).decode()}"}

    def of_code(self, code: str) -> dict[str, str]:
        """The form that exchanges `code` (RFC 6749 4.1.3, RFC 7636 4.5)."""
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
        }
