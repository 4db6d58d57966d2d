"""`connect serve`, and its parts for larger set-ups: `web`, `seal`, `work`."""

from __future__ import annotations

import click

from connect import serve as serving


@click.command()
@click.option("--port", type=int, help="Port to listen on; default: that of the base URL.")
def serve(port: int | None) -> None:
    """Run the whole platform: one process on SQLite; web, seal and work processes on PostgreSQL."""
    serving.serve(port)


@click.command()
@click.option("--port", type=int, help="Port to listen on; default: that of the base URL.")
def web(port: int | None) -> None:
    """Run web workers alone."""
    serving.web(port)


@click.command("seal-forever")
def seal() -> None:
    """Run the ledger's sealer alone, until stopped."""
    serving.seal()


@click.command()
def work() -> None:
    """Run the webhook worker and the timed jobs alone, until stopped."""
    serving.work()
