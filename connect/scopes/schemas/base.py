"""The base of every schema in the catalogue. A field without its metadata fails when its module is imported."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import Schema, fields
from marshmallow.schema import SchemaMeta

from connect.scopes.fields import KINDS, METADATA, DataClass
from connect.scopes.masks import MASKS
from connect.scopes.scopes import CUSTOMER_SCOPES


class CataloguedMeta(SchemaMeta):
    """Looks at the fields of each new class: marshmallow knows them only once `__init_subclass__` has run."""

    def __init__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> None:  # noqa: N805
        super().__init__(name, bases, attrs)  # type: ignore[no-untyped-call]
        for field_name, field in cls._declared_fields.items():
            if field is not _MASKED:
                _check(f"{name}.{field_name}", field)


class CataloguedSchema(Schema, metaclass=CataloguedMeta):
    """A schema all of whose fields say how personal they are and which scope shows them."""


_MASKED = fields.List(
    fields.String(),
    data_key="_masked",
    dump_only=True,
    metadata={"description": "Fields of this record that are shown under their mask"},
)


class ResourceSchema(CataloguedSchema):
    """What one record of a resource looks like to an app.

    `resource` is its name, `id_prefix` begins its ids (empty where a record has none), `scope` must be held to read it at all.
    """

    resource: ClassVar[str]
    id_prefix: ClassVar[str] = ""
    scope: ClassVar[str]

    masked = _MASKED


def _check(where: str, field: fields.Field[Any]) -> None:
    missing = [key for key in METADATA if key not in field.metadata]
    if missing:
        raise TypeError(f"{where} has no {', '.join(missing)}")
    if not isinstance(field, KINDS) or field.data_key or field.attribute:
        raise TypeError(f"{where} must be of a kind of connect.scopes.fields and keep its own name")
    DataClass(field.metadata["x-class"])
    if field.metadata["x-scope"] not in CUSTOMER_SCOPES:
        raise TypeError(f"{where} names the unknown scope {field.metadata['x-scope']}")
    if field.metadata["x-mask"] not in {None, *MASKS}:
        raise TypeError(f"{where} names the unknown mask {field.metadata['x-mask']}")
