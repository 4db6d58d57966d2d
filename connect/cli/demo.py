"""`connect demo`: two accounts, four apps, a sign-in for each role; with --serve also the platform and a CRM."""

from __future__ import annotations

import sys

import click
import orjson
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from connect.cli.output import json_option
from connect.core import migrations, settings
from connect.demo import cast, load, run


@click.command()
@click.option("--serve", "serving", is_flag=True, help="Start the platform and the CRM on free ports, and wait.")
@click.option(
    "--calls", type=click.IntRange(0, 1_000_000), default=cast.CALLS, show_default=True, help="Made-up calls."
)
@click.option(
    "--crm-url",
    help="Where the CRM listens (without --serve). By default where it did, at first http://127.0.0.1:5000.",
)
@json_option
def demo(serving: bool, calls: int, crm_url: str | None, as_json: bool) -> None:
    """Load the demo, once. A second run takes what is there."""
    if settings.current().production:
        raise click.ClickException("The demo is for development: its people have passwords that stand in a file.")
    with _Counter(quiet=as_json) as counter:
        if serving:
            run.serve(counter, calls)
            return
        run.use(run.served() or settings.current().base_url)
        migrations.upgrade()
        made = load.load(crm_url, counter, calls)
    if as_json:
        click.echo(orjson.dumps(made, option=orjson.OPT_INDENT_2).decode())
    else:
        run.announce(made)


class _Counter:
    """Counted progress: a bar on a terminal, a line per finished part elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        shown = sys.stderr.isatty() and not quiet
        self._quiet = quiet
        self._bars = Progress(TextColumn("{task.description:<8}"), BarColumn(), MofNCompleteColumn()) if shown else None
        self._tasks: dict[str, object] = {}

    def __enter__(self) -> _Counter:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def __call__(self, what: str, done: int, count: int) -> None:
        if self._bars is not None:
            if what not in self._tasks:
                self._bars.start()
                self._tasks[what] = self._bars.add_task(what, total=count)
            self._bars.update(self._tasks[what], completed=done)  # type: ignore[arg-type]
            if done == count and what == "calls":
                self._stop()
        elif done == count and not self._quiet:
            click.echo(f"{what}: {count}", err=True)

    def _stop(self) -> None:
        if self._bars is not None:
            self._bars.stop()
