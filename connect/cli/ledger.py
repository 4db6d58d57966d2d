"""`connect ledger`: search and prove what was written down; seal, check, reconcile and export the log."""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import Connection

from connect.cli.ledger_options import as_filters, filter_options, time_option
from connect.cli.output import json_option, show, show_one
from connect.core import actor, database
from connect.grants import today
from connect.ledger import acts, bundle, check, note, queries, reconcile, sealer, selfcheck, services, store, verify
from connect.ledger.entries import Draft
from connect.ledger.queries import Located

DOES_NOT_HOLD = 3  # exit code: the command worked, and what it found is wrong


@click.group()
def ledger() -> None:
    """The record of every grant and disclosure."""


@ledger.command()
@filter_options
@click.option("--limit", type=click.IntRange(1, 1_000), default=50, show_default=True, help="Most entries to show.")
@json_option
def query(limit: int, as_json: bool, **given: Any) -> None:
    """Search, newest first: what left, which records and fields, the SHA-256 of the bytes that were sent, the place in the tree."""
    filters = as_filters(given)
    with database.read() as connection:
        found = [_located(connection, entry.id) for entry in queries.search(connection, filters, limit=limit)]
    _write(acts.viewed(actor=actor.operator().as_text(), place="command", filters=filters.said(), count=len(found)))
    rows = [_full(each) if as_json else _line(each) for each in found]
    show(rows, as_json=as_json, name="entries")


@ledger.command()
@json_option
def seal(as_json: bool) -> None:
    """Give every waiting entry its leaf and publish a checkpoint now."""
    try:
        report = sealer.seal_once(publish=True)
    except (sealer.Refused, store.Damaged) as error:
        raise click.ClickException(f"The sealer refuses: {error}") from error
    show_one(asdict(report), as_json=as_json)


@ledger.command("check")
@json_option
def check_command(as_json: bool) -> None:
    """Check the whole stored log; names each entry that does not hold. Ends with 3 when there is one."""
    with Progress(console=Console(stderr=True), disable=as_json or not sys.stderr.isatty()) as bar:
        leaves = bar.add_task("leaves", total=None)
        report = selfcheck.look(lambda done, count: bar.update(leaves, completed=done, total=count))
    with database.unit_of_work() as session:
        selfcheck.keep(session, report)
    show_one({"ok": report.ok, **asdict(report)} if as_json else _summary(report), as_json=as_json)
    if not report.ok:
        sys.exit(DOES_NOT_HOLD)


@ledger.command("reconcile")
@time_option("--at", "Show what stood then, instead of comparing with today.")
@json_option
def reconcile_command(at: datetime | None, as_json: bool) -> None:
    """Rebuild apps, grants, terms and refusals from the entries alone and compare with the tables. Ends with 3 when they differ."""
    written, differences = _reconciled(at)
    record = {
        "at": at,
        "apps": [asdict(each) for each in written.apps.values()],
        "grants": [asdict(each) for each in written.grants.values()],
        "refusals": [asdict(each) for each in written.refusals.values()],
        "differences": [asdict(each) for each in differences],
    }
    if as_json:
        show_one(record, as_json=True)
    else:
        show_one({name: len(value) for name, value in record.items() if isinstance(value, list)}, as_json=False)
        for each in differences:
            click.echo(f"{each.kind} {each.id}: {each.what} (entries: {each.ledger}, tables: {each.tables})")
    if differences:
        sys.exit(DOES_NOT_HOLD)


@ledger.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(bundle.KINDS), default="extract", show_default=True, help="What it holds.")
@click.option("--checkpoint", "old", type=click.Path(exists=True, path_type=Path), help="Prove growth from this one.")
@filter_options
@json_option
def export(file: Path, kind: str, old: Path | None, as_json: bool, **given: Any) -> None:
    """Write an evidence bundle to FILE: an extract of what fits, the whole log, or its tree alone. The export is itself an entry."""
    filters = as_filters(given)
    sizes = (
        [] if old is None else [note.parse_checkpoint(old.read_text(encoding="utf-8").partition("\n\n")[0] + "\n").size]
    )
    _write(acts.exported(actor=actor.operator().as_text(), place="command", kind=kind, filters=filters.said()))
    try:
        with file.open("wb") as target:
            made = bundle.write(target, kind, bundle.Selection(filters), sizes)
    except (bundle.NothingPublished, store.Damaged) as error:
        file.unlink()
        raise click.ClickException(str(error)) from error
    show_one(
        {"file": str(file), "kind": made.kind, "entries": made.count, "waiting": made.waiting, "size": made.size},
        as_json=as_json,
    )


@ledger.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "vkeys", multiple=True, help="ORIGIN+HASH+KEY, from another channel than the bundle.")
@click.option("--checkpoint", "old", type=click.Path(exists=True, path_type=Path), help="A checkpoint that you kept.")
@json_option
def verify_command(file: Path, vkeys: tuple[str, ...], old: Path | None, as_json: bool) -> None:
    """Check the evidence bundle FILE, as `python verify.py` does; ends with its codes (`python verify.py --help`)."""
    arguments = [str(file), *(word for vkey in vkeys for word in ("--key", vkey))]
    arguments += ["--checkpoint", str(old)] if old else []
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = verify.main(arguments)
    if as_json:
        show_one({"code": code, "verified": code == 0, "said": said.getvalue().splitlines()}, as_json=True)
    else:
        click.echo(said.getvalue(), nl=False)
    sys.exit(code)


def _located(connection: Connection, entry_id: Any) -> Located:
    found = queries.locate(connection, entry_id)
    assert found is not None
    return found


def _full(found: Located) -> dict[str, Any]:
    """One entry for programs; the keys are documented in docs/operator/commands.md."""
    entry, said = found.entry, found.entry.members
    return {
        "id": entry.name,
        "at": entry.at,
        "type": entry.type,
        "channel": entry.channel,
        "request_id": entry.request_id,
        "resource": entry.resource,
        "status": entry.status,
        "count": entry.count,
        "records": [line.get("id") for line in found.lines],
        "fields": said.get("fields"),
        "masks": said.get("masks"),
        "bytes": said.get("bytes"),
        "sha256": said.get("sha256"),
        "lines": found.lines,
        "body": said,
        "commitment": found.commitment.hex() if found.commitment else None,
        "leaf_index": found.leaf_index,
        "proof": found.proof.text() if found.proof else None,
        "fault": found.fault,
    }


def _line(found: Located) -> dict[str, Any]:
    """One entry for people."""
    entry = found.entry
    return {
        "entry": entry.name,
        "at": f"{entry.at:%Y-%m-%d %H:%M:%S}",
        "type": entry.members.get("event") or entry.type,
        "channel": entry.channel or "",
        "resource": entry.resource or "",
        "records": "" if entry.count is None else entry.count,
        "leaf": "waits" if found.leaf_index is None else found.leaf_index,
        "holds": found.fault or "yes",
    }


def _summary(report: check.CheckReport) -> dict[str, Any]:
    counts = {name: value for name, value in asdict(report).items() if name != "findings"}
    found = {
        f"finding {number}": f"{each.entry or 'the log'}: {each.what}" for number, each in enumerate(report.findings, 1)
    }
    return {**counts, "result": "all as sealed" if report.ok else "DOES NOT HOLD", **found}


def _reconciled(at: datetime | None) -> tuple[reconcile.Standing, list[reconcile.Difference]]:
    """What the entries say, and the differences that a second look still finds: an act in between is none."""
    written, differences = _look(at)
    if differences and at is None:
        written, again = _look(at)
        differences = [each for each in again if each in differences]
    return written, differences


def _look(at: datetime | None) -> tuple[reconcile.Standing, list[reconcile.Difference]]:
    with database.read() as connection:
        tables = None if at else today.read(connection)
        bodies, broken = reconcile.believed(connection, at)
    written = reconcile.rebuild(bodies)
    return written, broken + (reconcile.compare(written, tables) if tables else [])


def _write(draft: Draft) -> None:
    with database.unit_of_work() as session:
        services.append(session, draft)
