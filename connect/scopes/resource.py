"""A resource and the rules of its fields, read off its schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from marshmallow import Schema

from connect.scopes.errors import UnknownNames
from connect.scopes.fields import kind_of
from connect.scopes.schemas.base import ResourceSchema


@dataclass(frozen=True)
class FieldRule:
    """A field: how personal (0 to 3), the scope that shows it, the mask (if any) under which the resource's own scope shows it.

    `kind` is one of connect.scopes.fields; `prefix` belongs to ids, `parts` to lists of objects, `choices` to closed sets of texts;
    `description` is for developers.
    """

    name: str
    data_class: int
    scope: str
    mask: str | None
    kind: str
    prefix: str = ""
    parts: tuple[FieldRule, ...] = ()
    choices: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class Resource:
    """A resource. `scope` must be held to read it at all; a field may need another one on top."""

    name: str
    id_prefix: str
    scope: str
    schema: type[ResourceSchema]
    fields: tuple[FieldRule, ...]

    @cached_property
    def by_name(self) -> Mapping[str, FieldRule]:
        return MappingProxyType({field.name: field for field in self.fields})

    def field(self, name: str) -> FieldRule:
        """The rule of a field. Raises UnknownNames when there is none."""
        if name not in self.by_name:
            raise UnknownNames("field", [name], self.by_name)
        return self.by_name[name]


def rules_of(schema: type[Schema]) -> tuple[FieldRule, ...]:
    """What a schema's metadata says of each of its fields, in its order."""
    return tuple(
        FieldRule(
            name=name,
            data_class=field.metadata["x-class"],
            scope=field.metadata["x-scope"],
            mask=field.metadata["x-mask"],
            kind=kind_of(field),
            prefix=getattr(field, "prefix", ""),
            parts=rules_of(field.parts) if hasattr(field, "parts") else (),
            choices=getattr(field, "choices", ()),
            description=field.metadata["description"],
        )
        for name, field in schema._declared_fields.items()
        if name != "masked"
    )
