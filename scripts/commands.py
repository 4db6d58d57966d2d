"""The `connect` command as documentation, and what each command's `--json` answers."""

from __future__ import annotations

from collections.abc import Iterator

import click

from connect.cli.main import connect
from scripts.markdown import code, table

_GRANT = (
    "id, account_id, client_id, app, state, version, granted, refused, terms, given_at, confirm_by, expires_at, ended_at, "
    "end_reason"
)
# Members of the JSON document, by command. `grants[id, …]` is a list under that name; a name alone stands at the top.
ANSWERS: dict[str, str] = {
    "accounts add": "id, name, kind, state, timezone, region, created_at",
    "accounts list": "accounts[id, name, kind, state, timezone, region, created_at]",
    "apps keys list": "client_id, auth_method, jwks_uri, keys[kid, alg, thumbprint]",
    "apps keys replace": "client_id, auth_method, jwks_uri, keys[kid, alg, thumbprint]",
    "apps list": "apps[client_id, name, team, origin, kind, state, version, created_at]",
    "apps publish": "client_id, name, state, reason, version, version_state",
    "apps register": (
        "client_id, name, team, origin, legal_developer, kind, auth_method, profile, jwks_uri, keys[kid, alg, thumbprint], state, "
        "account_id, redirect_uris, privacy_policy_url, connect_url, version, version_state, required, optional, default_terms, "
        "secrets[hint, expires_at, last_used_at], created_at, client_secret"
    ),
    "apps reinstate": "client_id, name, state, reason, version, version_state",
    "apps rotate-secret": "client_id, client_secret, hint, older_until",
    "apps show": (
        "client_id, name, team, origin, legal_developer, kind, auth_method, profile, jwks_uri, keys[kid, alg, thumbprint], state, "
        "account_id, redirect_uris, privacy_policy_url, connect_url, version, version_state, required, optional, default_terms, "
        "secrets[hint, expires_at, last_used_at], created_at"
    ),
    "apps suspend": "client_id, name, state, reason, version, version_state",
    "demo": (
        "base_url, crm_url, calls, accounts[id, name], people[role, email, password, account, name], "
        "apps[name, kind, client_id, client_secret, redirect_uris, required, optional, webhook_secret]"
    ),
    "grants list": f"grants[{_GRANT}]",
    "grants pause": _GRANT,
    "grants revoke": _GRANT,
    "housekeeping": "jobs[name, did, batches, at, error]",
    "import": (
        "account, format, file, rows, calls, numbers, departments, users, contacts, stored[added, changed, unchanged], "
        "refused[line, reason], left_empty[line, column, value], remarks, timezone, number_range, shifted_weeks"
    ),
    "ledger check": "ok, size, entries, waiting, erased, lines, tiles, checkpoints, findings[what, entry, leaf]",
    "ledger export": "file, kind, entries, waiting, size",
    "ledger query": (
        "entries[id, at, type, channel, request_id, resource, status, count, records, fields, masks, bytes, sha256, lines, body, "
        "commitment, leaf_index, proof, fault]"
    ),
    "ledger reconcile": (
        "at, apps[id, client_id, name, state, version, required, optional], "
        "grants[id, account, app, state, version, granted, refused, terms, expires_at], refusals[id, account, app, refused], "
        "differences[kind, id, what, ledger, tables]"
    ),
    "ledger seal": "sealed, size, published",
    "ledger verify": "code, verified, said",
    "people add": "id, email, name, role, account_id, team, until, link, link_expires_at",
    "people link": "id, email, name, link, link_expires_at",
    "people list": "people[id, email, name, state, has_password, roles[role, account_id, team, until]]",
    "people remove": "id, email, name, state, role",
    "webhooks add": "id, client_id, url, types, state, state_reason, created_at, secret, older_until",
    "webhooks attempts": (
        "attempts[delivery, webhook_id, type, state, number, started_at, status, error, address, dns_ms, connect_ms, first_byte_ms, "
        "total_ms, bytes_sent, bytes_received, entry]"
    ),
    "webhooks emit": "id, webhook_id, type, state, attempts, due_at, last_status, last_error",
    "webhooks enable": (
        "id, client_id, url, types, state, state_reason, created_at, sequence, failures, failing_since, paused_until, "
        "deliveries[pending, sending, delivered, failed, cancelled, skipped]"
    ),
    "webhooks list": "endpoints[id, client_id, url, types, state, state_reason, created_at]",
    "webhooks remove": "id, state",
    "webhooks rotate": "id, client_id, url, types, state, state_reason, created_at, secret, older_until",
    "webhooks status": (
        "id, client_id, url, types, state, state_reason, created_at, sequence, failures, failing_since, paused_until, "
        "deliveries[pending, sending, delivered, failed, cancelled, skipped]"
    ),
}


def every(group: click.Group = connect, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Each command that does something, with its path: `grants list`."""
    for name, command in sorted(group.commands.items()):
        here = f"{path} {name}".strip()
        if isinstance(command, click.Group):
            yield from every(command, here)
        else:
            yield here, command


def section(path: str, command: click.Command) -> str:
    """A command's part of the page."""
    arguments = [
        item.make_metavar(click.Context(command)) for item in command.params if isinstance(item, click.Argument)
    ]
    head = f"## connect {' '.join([path, *arguments])}"
    parts = [head, " ".join((command.help or "").split()), _options(command), _answer(path)]
    return "\n\n".join(part for part in parts if part)


def answers_json(command: click.Command) -> bool:
    return any(item.name == "as_json" for item in command.params)


def _options(command: click.Command) -> str:
    rows = [(code(", ".join(item.opts)), item.help or "") for item in command.params if isinstance(item, click.Option)]
    return table(("option", "meaning"), rows) if rows else ""


def _answer(path: str) -> str:
    return f"JSON: {code(ANSWERS[path])}" if path in ANSWERS else ""
