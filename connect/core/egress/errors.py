"""What an outgoing request can end in besides an answer. `reason` is a code that may be shown to the developer; neither the code nor
the text names the address a host resolved to, since that would let an outsider map the network behind the platform."""

from __future__ import annotations

# reason -> what it means; docs/operator/webhooks.md lists them
REFUSED = {
    "url": "the URL is malformed, too long, or holds characters that parsers read differently",
    "scheme": "only https is allowed",
    "userinfo": "a URL may not carry a user or a password",
    "fragment": "a URL that is called may not carry a fragment",
    "host": "the host is not a public name",
    "port": "the port is not on the list of allowed ports",
    "address": "the host has an address that is not on the public internet",
}
FAILED = {
    "dns": "the host has no address, or its name server did not answer in time",
    "connect": "no connection could be made",
    "tls": "the certificate or the TLS handshake is not acceptable",
    "timeout": "the answer did not arrive within the time allowed",
    "protocol": "the answer is not HTTP as it should be, or the connection broke",
    "busy": "too many documents are being fetched at the moment",
}
UNFIT = {
    "status": "the answer has another status than 200; redirects are not followed",
    "size": "the document is too large",
    "media type": "the answer is not application/json",
    "json": "the document is not a JSON object, or a member is there twice",
}


class EgressError(Exception):
    """An outgoing request that brought nothing of use; `reason` is a key of REFUSED, FAILED or UNFIT."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}: {(REFUSED | FAILED | UNFIT)[reason]}")
        self.reason = reason


class EgressRefused(EgressError):
    """The guard did not let the request out."""


class EgressFailed(EgressError):
    """The request was let out and brought no answer."""


class EgressUnfit(EgressError):
    """An answer came, and is not the document that was asked for."""
