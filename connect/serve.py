"""Starts the server. Only here are background threads and processes begun.

SQLite: one web worker, and in it the group-commit writer, the sealer, the jobs and the webhook worker as daemon threads; the worker is
respawned when it dies. PostgreSQL: a supervisor over web, seal and work processes, each of which can also run alone on any node.
"""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from urllib.parse import urlsplit

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from connect.core import database, health, log, settings
from connect.core.groupcommit import GroupWriter
from connect.jobs import scheduler
from connect.ledger import durability, sealer
from connect.webhooks import worker

_OBJECTS_BETWEEN_LOOKS = 20_000
_RESPAWN = 1.0  # seconds before a part that died is started again
PARTS: tuple[tuple[str, ...], ...] = (("web",), ("seal-forever",), ("work",))

logger = log.get("serve")


def serve(port: int | None = None) -> None:
    """Run everything that the database allows in one command."""
    durability.require()
    if database.dialect() == "sqlite":
        _granian("connect.serve:embedded", port, workers=1)
    else:
        _supervise([(*part, *(("--port", str(port)) if port and part == ("web",) else ())) for part in PARTS])


def web(port: int | None = None) -> None:
    """Run web workers alone."""
    durability.require()
    _granian(
        "connect.serve:web_only",
        port,
        workers=settings.current().web_workers if database.dialect() == "postgresql" else 1,
    )


def seal() -> None:
    """Run the sealer until a signal stops it."""
    durability.require()
    sealer.run(_until_signal())


def work() -> None:
    """Run the webhook worker and the timed jobs until a signal stops them."""
    durability.require()
    stop = _until_signal()
    _thread("jobs", scheduler.run, stop)
    worker.run(stop)


def web_only() -> Flask:
    """The application of a web worker beside which seal and work run as processes of their own."""
    from connect.app import create_app

    app = create_app()
    _settle()
    return app


def embedded() -> Flask:
    """The application with everything else as daemon threads of the same process, for SQLite."""
    app = web_only()
    GroupWriter(database.active()).start()
    stop = threading.Event()
    for name, target in (("sealer", sealer.run), ("jobs", scheduler.run), ("webhooks", worker.run)):
        _thread(name, target, stop)
    return app


def _settle() -> None:
    """Tell the collector that what the application is made of stays, and to look less often: fifty records are 2,000 objects without
    a cycle among them, and to walk over them took a fifth of a read's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, 20, 50)


def _thread(name: str, target: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """A daemon thread that starts `target` again when it dies; its last sign of life stands in core.health."""

    def live() -> None:
        while not stop.is_set():
            health.beat(name)
            try:
                target(stop)
            except Exception as error:
                logger.error("part died and is started again", name=name, error=type(error).__name__, exc_info=True)
            stop.wait(_RESPAWN)

    threading.Thread(target=live, name=name, daemon=True).start()


def _granian(target: str, port: int | None, workers: int) -> None:
    config = settings.current()
    address = urlsplit(config.base_url)
    Granian(
        target=target,
        address=config.listen_address,
        port=port or address.port or 8000,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=config.web_threads,
        respawn_failed_workers=True,
        factory=True,
        log_level=LogLevels.error,  # below it: advice to have fewer threads, which web_threads weighs already
        websockets=False,
    ).serve()


def _supervise(parts: Sequence[Sequence[str]]) -> None:
    stop = _until_signal()
    running = {tuple(part): _start(part) for part in parts}
    while not stop.wait(_RESPAWN):
        for part, process in running.items():
            if process.poll() is not None:
                logger.error("process ended and is started again", name=part[0])
                running[part] = _start(part)
    for process in running.values():
        process.terminate()
    for process in running.values():
        process.wait(timeout=30)


def _start(part: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "connect.cli.main", *part])  # noqa: S603 - our own command


def _until_signal() -> threading.Event:
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop
