"""What the form macros ask about a WTForms field."""

from __future__ import annotations

from wtforms import Field


def described(field: Field, hint: str) -> dict[str, str]:
    """The ARIA attributes that tie a control to its hint and its error; empty when it has neither."""
    names = [f"{field.id}-hint"] * bool(hint) + [f"{field.id}-error"] * bool(field.errors)
    attributes = {"aria-describedby": " ".join(names)} if names else {}
    return {**attributes, "aria-invalid": "true"} if field.errors else attributes


def control_id(field: Field) -> str:
    """The id an error summary links to: the control itself, or the first choice of a group."""
    return f"{field.id}-0" if field.type in {"RadioField", "FieldList", "SelectMultipleField"} else field.id
