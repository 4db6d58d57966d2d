"""`connect housekeeping`: every timed job, now."""

from __future__ import annotations

import click

from connect.cli.output import json_option, show
from connect.jobs import scheduler


@click.command()
@click.option("--once", is_flag=True, required=True, help="Run each job once and end.")
@json_option
def housekeeping(once: bool, as_json: bool) -> None:
    """Run every timed job once and say what each did."""
    show([report.as_dict() for report in scheduler.run_all()], as_json=as_json, name="jobs")
