"""The catalogue: every resource with every field, its version, and the projection that a set of scopes makes of it.

A grant names the version that its customer saw; a projection shows what stands in that version and in this one (since_consent.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import orjson

from connect.scopes import canonical
from connect.scopes.errors import NotGranted, UnknownNames
from connect.scopes.resource import FieldRule, Resource, rules_of
from connect.scopes.schemas import account, call, contact, media, records
from connect.scopes.schemas.base import ResourceSchema
from connect.scopes.scopes import CUSTOMER_SCOPES, SCOPES
from connect.scopes.since_consent import Masks, shown, still_shown

SCHEMAS: tuple[type[ResourceSchema], ...] = (
    account.AccountSchema,
    account.NumberSchema,
    account.DepartmentSchema,
    account.UserSchema,
    contact.ContactSchema,
    call.CallSchema,
    call.CallLegSchema,
    call.CallNoteSchema,
    media.RecordingSchema,
    media.VoicemailSchema,
    media.TranscriptSchema,
    records.BillingItemSchema,
    records.NotificationSchema,
    call.CallStatsSchema,
)


RESOURCES: Mapping[str, Resource] = MappingProxyType(
    {
        schema.resource: Resource(schema.resource, schema.id_prefix, schema.scope, schema, rules_of(schema))
        for schema in SCHEMAS
    }
)


def document() -> dict[str, Any]:
    """The whole catalogue as JSON, the form in which table catalogue_version keeps it."""
    return {
        "resources": {name: _resource_document(resource) for name, resource in RESOURCES.items()},
        "scopes": {name: str(SCOPES[name].tier) for name in sorted(CUSTOMER_SCOPES)},
    }


def _resource_document(resource: Resource) -> dict[str, Any]:
    return {
        "id_prefix": resource.id_prefix,
        "scope": resource.scope,
        "fields": {field.name: _field_document(field) for field in resource.fields},
    }


def _field_document(field: FieldRule) -> dict[str, Any]:
    said = {"class": field.data_class, "scope": field.scope, "mask": field.mask, "kind": field.kind}
    return {**said, "parts": {part.name: _field_document(part) for part in field.parts}} if field.parts else said


VERSION = canonical.sha256(document())


def scope_for(resource: str, field: str) -> str:
    """The scope that shows `field` unmasked: what a filter, sort, search or total on it needs. Raises UnknownNames."""
    return RESOURCES[resource].field(field).scope


@dataclass(frozen=True)
class ProjectedField:
    """A field that is shown, under `mask` if there is one."""

    name: str
    mask: str | None = None


@dataclass(frozen=True)
class Projection:
    """What of `resource` is shown. `fields` keep the schema's order; `masked` names those under a mask; `scopes` are those used.

    `withheld` pairs each field that may not be shown with the scope to ask for, in the schema's order.
    """

    resource: str
    fields: tuple[ProjectedField, ...]
    masked: tuple[str, ...]
    scopes: frozenset[str]
    withheld: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def masks(self) -> dict[str, str]:
        """Mask by field, for those that have one."""
        return {field.name: field.mask for field in self.fields if field.mask}


def projection(
    resource: str,
    scopes: frozenset[str],
    *,
    against: Mapping[str, Any] | None = None,
    only: frozenset[str] | None = None,
) -> Projection:
    """What `scopes` show of `resource`; no field when the resource's own scope is not among them.

    `against` is the document of the catalogue version that the grant names (None: the current one). `only` is the API's `fields`
    parameter: UnknownNames when one does not exist, NotGranted (naming the scopes) when one is not shown. Compiled once for each set
    of arguments.
    """
    if against is None:
        return _project(resource, scopes, None, only)
    said = against["resources"].get(resource, {"scope": "", "fields": {}})
    return _project(resource, scopes, canonical.canonical(said), only)


@lru_cache(maxsize=4096)
def _project(name: str, scopes: frozenset[str], said: bytes | None, only: frozenset[str] | None) -> Projection:
    resource = RESOURCES[name]
    masks = shown(resource.scope, resource.fields, scopes)
    if said is not None:
        masks = still_shown(masks, resource.fields, orjson.loads(said), scopes)
    withheld = tuple((rule.name, rule.scope) for rule in resource.fields if rule.name not in masks)
    if only is not None:
        masks = _narrowed(resource, masks, only)
    fields = tuple(ProjectedField(rule.name, masks[rule.name]) for rule in resource.fields if rule.name in masks)
    return Projection(
        resource=name,
        fields=fields,
        masked=tuple(field.name for field in fields if field.mask),
        scopes=frozenset(resource.scope if field.mask else resource.field(field.name).scope for field in fields),
        withheld=withheld,
    )


def _narrowed(resource: Resource, masks: Masks, only: frozenset[str]) -> Masks:
    unknown = only - resource.by_name.keys()
    if unknown:
        raise UnknownNames("field", unknown, resource.by_name)
    hidden = {name: resource.field(name).scope for name in only - masks.keys()}
    if hidden:
        raise NotGranted(hidden)
    return {name: mask for name, mask in masks.items() if name in only}
