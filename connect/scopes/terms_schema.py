"""The schema of terms that come from outside (RFC 9396 2): nothing unknown, nothing converted, each fault named."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from connect.core import ids
from connect.scopes.fields import Time

TYPE = "voicetree_call_data"
_MOST_IDS = 1000
_LONGEST_RETENTION_DAYS = 3650
_MOST_DAILY_RECORDS = 10_000_000


class SelectionField(fields.Field[Any]):
    """`"all"`, or a list of encoded ids; loads as `"all"` or a sorted tuple."""

    def __init__(self, prefix: str, **options: Any) -> None:
        super().__init__(**options)
        self.prefix = prefix

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> Any:
        if value == "all":
            return value
        if not isinstance(value, list) or len(value) > _MOST_IDS:
            raise ValidationError(f'must be "all" or a list of at most {_MOST_IDS} ids that start with {self.prefix}_')
        for each in value:
            self._check_id(each)
        return tuple(sorted(set(value)))

    def _check_id(self, value: Any) -> None:
        if not isinstance(value, str):
            raise ValidationError("an id is a text")
        try:
            ids.decode(self.prefix, value)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class StrictInteger(fields.Integer):
    """A JSON integer; neither a text nor true."""

    def _validated(self, value: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class StrictBoolean(fields.Boolean):
    """true or false, nothing that resembles them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class TermsSchema(Schema):
    """Terms as an app may propose them; a member that is left out takes the default."""

    class Meta:
        unknown = RAISE

    type = fields.String(required=True, validate=validate.Equal(TYPE))
    numbers = SelectionField("num", metadata={"description": '"all", or ids of lines'})
    departments = SelectionField("dep", metadata={"description": '"all", or ids of departments'})
    history_from = fields.Date(
        error_messages={"invalid": "must be a day that exists, such as 2026-08-27"},
        metadata={"description": "First day of the history"},
    )
    include_new_calls = StrictBoolean(metadata={"description": "Also calls after the grant was given"})
    expires_at = Time(metadata={"description": "When the grant ends"})
    retention_days = StrictInteger(
        allow_none=True,
        validate=validate.Range(1, _LONGEST_RETENTION_DAYS),
        metadata={"description": "How many days the app may keep what it read; null: no limit"},
    )
    daily_records = StrictInteger(
        allow_none=True,
        validate=validate.Range(1, _MOST_DAILY_RECORDS),
        metadata={"description": "Most records that the app may read in a day; null: no limit"},
    )
