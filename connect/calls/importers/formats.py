"""The formats `connect import` knows: a name, and the function that reads and checks a whole file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

from connect.calls.importers import bank_1999
from connect.calls.importers.parsed import Parsed

Parser = Callable[[Path, UUID], Parsed]

FORMATS: Mapping[str, Parser] = MappingProxyType({bank_1999.SOURCE: bank_1999.parse})
