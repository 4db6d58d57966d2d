"""The account's billing, and its log of HTTP notifications to its own server (P5)."""

from __future__ import annotations

from connect.scopes.fields import (
    CONTENT,
    OPEN,
    PERSONAL,
    PSEUDONYMOUS,
    Id,
    Integer,
    Money,
    Object,
    Text,
    Time,
    shown_by,
)
from connect.scopes.schemas.base import ResourceSchema

billing_usage_read = shown_by("billing.usage:read")
billing_read = shown_by("billing:read")
notifications_content_read = shown_by("notifications.content:read")


class BillingItemSchema(ResourceSchema):
    resource = "billing_item"
    id_prefix = "bill"
    scope = "billing.usage:read"

    id = billing_usage_read(Id("bill"), OPEN, "Id of the item")
    period = billing_usage_read(Text(), OPEN, "Month of the item, such as 2026-11")
    kind = billing_usage_read(Text(), OPEN, "What was used")
    quantity = billing_usage_read(Integer(), OPEN, "How much of it")
    amount = billing_read(Money(), OPEN, "What it cost, in paise")
    number_id = billing_read(Id("num", allow_none=True), OPEN, "Line that it was for")
    invoice_ref = billing_read(Text(allow_none=True), PSEUDONYMOUS, "Invoice that it stands on")


class NotificationSchema(ResourceSchema):
    resource = "notification"
    id_prefix = "ntf"
    scope = "notifications.content:read"

    id = notifications_content_read(Id("ntf"), OPEN, "Id of the notification")
    event = notifications_content_read(Text(), OPEN, "What it told")
    url = notifications_content_read(Text(), PERSONAL, "Address that it was sent to")
    status = notifications_content_read(Integer(allow_none=True), OPEN, "HTTP status of the answer; null if none came")
    at = notifications_content_read(Time(), OPEN, "When it was sent")
    request_headers = notifications_content_read(Object(allow_none=True), PERSONAL, "Headers that were sent")
    request_body = notifications_content_read(Text(allow_none=True), CONTENT, "Body that was sent")
    response_body = notifications_content_read(Text(allow_none=True), CONTENT, "Body that came back")
