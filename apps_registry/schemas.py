"""What a version proposes as terms: lengths of time instead of dates, since it is written long before anybody consents."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

LONGEST_RETENTION = 3650  # days


class DefaultTermsSchema(Schema):
    """Every member may be left out; the platform's default then stands (connect.scopes.terms)."""

    class Meta:
        unknown = RAISE

    life_days = fields.Integer(strict=True, validate=validate.Range(1, 730))  # how long a grant lasts
    history_days = fields.Integer(strict=True, validate=validate.Range(0, 3650))  # how far back it reaches
    include_new_calls = fields.Boolean()
    retention_days = fields.Integer(
        strict=True, validate=validate.Range(1, LONGEST_RETENTION)
    )  # how long the app keeps it
    daily_records = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 10_000_000))
