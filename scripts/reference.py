"""Writes the pages of docs/ that are made from the code: `make docs`. A guard test fails while one of them is out of date."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from connect.core import problems, settings
from connect.core.signals import DECLARED
from connect.scopes.scopes import join
from connect.webhooks.catalogue import EVENT_TYPES
from scripts import catalogue, clients, commands
from scripts.markdown import code, page, table, value

ROOT = Path(__file__).resolve().parent.parent


def settings_page() -> str:
    """Every setting: variable, default, floor, meaning."""
    rows = [
        (
            code(f"{settings.PREFIX}{item.name.upper()}"),
            "*secret*" if item.metadata["secret"] and item.default else value(item.default),
            value(item.metadata["floor"]),
            item.metadata["doc"],
        )
        for item in settings.SETTINGS
    ]
    intro = (
        "Each setting is an environment variable, read once at the start. Durations are seconds, or have a unit: `90d`, `1h30m`, "
        "`250ms`. A value below its floor is refused at the start, in development too: the floors come from the privacy policy."
    )
    return page("Settings", intro, table(("variable", "default", "floor", "meaning"), rows))


def errors_page() -> str:
    """Every problem type: slug, status, title, advice."""
    rows = [
        (f"<a id='{slug}'></a>`{slug}`", str(kind.status), kind.title, kind.advice)
        for slug, kind in problems.TYPES.items()
    ]
    intro = (
        "Every error of the API is a problem document (RFC 9457) of type `application/problem+json`. Its `type` is an address that "
        "explains it and ends with one of the names below, `detail` says what was wrong and what would be right, `instance` is the id "
        "of the request, which the `Request-Id` header carries too. Branch on `type`, never on the text. OAuth endpoints answer in the "
        "form of RFC 6749, 5.2."
    )
    return page("Errors", intro, table(("type", "status", "title", "what to do"), rows))


def events_page() -> str:
    """Every type of event an endpoint can subscribe to."""
    rows = [
        (
            code(kind.name),
            code(join(kind.scopes)) or "none",
            "ids alone" if kind.thin else f"the {kind.resource}",
            kind.meaning,
        )
        for kind in EVENT_TYPES.values()
    ]
    intro = (
        "A delivery is signed as Standard Webhooks say: headers `webhook-id`, `webhook-timestamp`, `webhook-signature`. Its body has "
        "`type`, `timestamp`, `id` (the webhook-id, the same over all attempts), `sequence` (counts per endpoint without a gap), "
        "`account`, `app`, `grant`, `catalogue_version` and `data`. A number whose consent has ended comes as type `withheld` without "
        "account, grant and data."
    )
    return page("Events", intro, table(("type", "needs", "data", "meaning"), rows))


def signals_page() -> str:
    """Every signal of the platform, from the rooms' signals.py."""
    for path in sorted(ROOT.glob("*/signals.py")) + sorted(ROOT.glob("connect/*/signals.py")):
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    rows = [(code(name), " ".join((signal.__doc__ or "").split())) for name, signal in sorted(DECLARED.items())]
    intro = "A lower room tells an upper one, or a neighbour, by a signal. Who hears which stands in `tests/guards/test_signals.py`."
    return page("Signals", intro, table(("signal", "when it is sent, by whom, with what"), rows))


def commands_page() -> str:
    """Every command with its options, and the members of its `--json` answer."""
    intro = (
        "Commands read the same settings as the server. With `--json` a command prints one document; its members are listed as "
        "`list[member, …]`. An operator's act stands in the ledger with the name of the system user. No command gives or widens a "
        "grant: only a person on the consent page does."
    )
    return page("Commands", intro, *(commands.section(path, command) for path, command in commands.every()))


PAGES: dict[str, Callable[[], str]] = {
    "docs/operator/settings.md": settings_page,
    "docs/operator/commands.md": commands_page,
    "docs/developer/clients.md": clients.clients_page,
    "docs/developer/errors.md": errors_page,
    "docs/developer/events.md": events_page,
    "docs/developer/scopes.md": catalogue.scopes_page,
    "docs/contributor/signals.md": signals_page,
}


def main() -> None:
    for path, make in PAGES.items():
        (ROOT / path).write_text(make())
        print(path)


if __name__ == "__main__":
    main()
