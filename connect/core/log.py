"""Structured logs without personal data: what is not on the list of safe keys is left out."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

from connect.core import clock, settings

# Only these keys may carry a value. A key that is not here is written as "[redacted]", so that a new one has to be thought about.
SAFE_KEYS = frozenset(
    {"event", "level", "logger", "timestamp", "request_id", "method", "route", "status", "milliseconds", "count", "size", "reason",
     "job", "worker", "attempt", "state", "name", "port", "pid", "error", "type", "app_id", "grant_id", "entry_id", "delivery_id",
     "where"}
)  # fmt: skip
_FRAMES = 12  # of a traceback, the innermost
_TOKEN_PREFIXES = (
    "vta_", "vtr_", "vtc_", "vtd_", "vtg_", "vts_", "vtk_", "vtl_", "vtn_", "vtp_", "whsec_", "eyJ",  # the last of a JWT
)  # fmt: skip


def get(name: str) -> Any:
    """A logger; call as `log.info("sealed", count=12)`."""
    return structlog.get_logger(name=name)


def configure() -> None:
    """Set up logs of this process; JSON lines in production, readable lines in development."""
    config = settings.current()
    render: Any = (
        structlog.processors.JSONRenderer() if config.production else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, _timestamp, _where, redact, render],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, config.log_level)),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("authlib").setLevel(logging.WARNING)  # at DEBUG it writes whole tokens (trap T14)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace every value under an unlisted key, and every text that holds a token."""
    return {
        key: value if key in SAFE_KEYS and not _holds_token(value) else "[redacted]" for key, value in event.items()
    }


def _where(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as the places it went through. Its message and its variables may hold anything, so they stay out."""
    if event.pop("exc_info", None):
        error = sys.exc_info()[1]
        frames = traceback.extract_tb(error.__traceback__) if error else []
        event["where"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-_FRAMES:]]
    return event


def _holds_token(value: Any) -> bool:
    return isinstance(value, str) and any(prefix in value for prefix in _TOKEN_PREFIXES)


def _timestamp(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {"timestamp": clock.text(clock.now()), **event}
