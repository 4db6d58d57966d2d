"""What hangs on a record and leaves inside it. Its fields are named with a dot: `legs.result` of a call is a leg's result."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from connect.scopes.catalogue import RESOURCES
from connect.scopes.fields import DataClass
from connect.scopes.text import Words

MEMBERS: Mapping[str, Mapping[str, str]] = MappingProxyType({"call": MappingProxyType({"legs": "call_leg"})})


def home(resource: str, name: str) -> tuple[str, str]:
    """The resource that a field is of, and its name there."""
    member, dot, inner = name.partition(".")
    return (MEMBERS.get(resource, {}).get(member, resource), inner) if dot else (resource, name)


def title(said: Words, resource: str, name: str) -> str:
    """The label of a field; its name where the catalogue of today has it no more."""
    at, inner = home(resource, name)
    return said.fields.get(at, {}).get(inner, name)


def personal(resource: str, name: str) -> bool:
    """Whether a field shows who somebody is, or what was said. One that the catalogue of today has no more counts as such."""
    at, inner = home(resource, name)
    rule = RESOURCES[at].by_name.get(inner) if at in RESOURCES else None
    return rule is None or rule.data_class >= DataClass.PERSONAL
