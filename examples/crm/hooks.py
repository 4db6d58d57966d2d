"""The webhook receiver: check the signature, store once, answer at once."""

from __future__ import annotations

from flask import Blueprint, current_app, request
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from examples.crm.voicetree import store

hooks = Blueprint("hooks", __name__)


@hooks.post("/hooks/voicetree")
def receive() -> tuple[str, int]:
    """Take a delivery. 400 when it was not signed with our secret in the last five minutes."""
    body = request.get_data()
    try:
        event = Webhook(current_app.config["WEBHOOK_SECRET"]).verify(body, dict(request.headers))
    except (WebhookVerificationError, EmptyWebhookSecretError, ValueError):
        return "not signed by VoiceTree Connect", 400
    store().receive(request.headers["webhook-id"], event)
    return "", 204
