"""The base of every form: Flask-WTF's, with the CSRF token in it, and a way to enter what a service refused."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm


class Form(FlaskForm):
    """Fields are declared in subclasses. A view validates, calls a service, and enters its refusal with `refuse`."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)  # type: ignore[no-untyped-call]

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Whether the form was sent and its fields are right by themselves."""
        return bool(super().validate_on_submit(extra_validators))  # type: ignore[no-untyped-call]

    def refuse(self, field: str, message: str) -> None:
        """Add an error to `field`, or to the form as a whole where it has no such field."""
        if field in self:
            self[field].errors = (*self[field].errors, message)
        else:
            self.form_errors = [*self.form_errors, message]

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form: 422 with errors, else 200."""
        return 422 if self.errors else 200
