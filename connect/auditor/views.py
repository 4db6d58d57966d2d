"""The auditor's console: is the log whole, and what left, to whom, under which consent. Every look is itself an entry."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from apps_registry import queries as registry
from connect.accounts import queries as accounts
from connect.accounts.guards import person, requires
from connect.accounts.roles import Right
from connect.auditor import chain, presenting, question, scope
from connect.auditor.blueprint import blueprint
from connect.auditor.question import CHANNELS, Question
from connect.auditor.scope import Scope
from connect.core import actor, database, ids, settings, web
from connect.core.problems import Problem, field_errors
from connect.ledger import acts, bundle, queries, selfcheck, services, tree
from connect.ledger.queries import Filters, Located
from connect.ledger.rows import Entry

_ON_PAGE = 50
_LINES = 20


@blueprint.get("/ledger-console")
@requires(Right.READ_LEDGER, Right.READ_ALL_LEDGERS)
def console() -> str:
    """Search, with the state of the log on top."""
    allowed = scope.of(person())
    asked = question.parse(request.args, allowed)
    found, leaves = _search(asked)
    _look(asked.filters.said(), asked.filters.account_id, len(found))
    names = _Names(found, allowed)
    older = len(found) == _ON_PAGE
    return render_template(
        "auditor/console.html",
        query=asked.asked,
        choices=_choices(allowed),
        window_words=_window_words(asked),
        wider_url=_address(asked, days=asked.wider()) if asked.wider() else None,
        problems=asked.problems,
        scope_words=allowed.words,
        chain=chain.card(),
        rows=[presenting.row(entry, leaves.get(entry.id), names.accounts, names.apps, names.people) for entry in found],
        total=None if older or asked.before else len(found),
        newer_url=_address(asked) if asked.before else None,
        older_url=_address(asked, before=presenting.previous(found[-1])) if older else None,
        bundle_url=url_for("auditor.download"),
        bundle_fields={name: value for name, value in asked.asked.items() if value} | {"days": asked.days},
    )


@blueprint.get("/ledger-console/entries/<entry_id>")
@requires(Right.READ_LEDGER, Right.READ_ALL_LEDGERS)
def entry(entry_id: str) -> str:
    """One entry: in words, the exact bytes, and its proof."""
    allowed = scope.of(person())
    found = _located(entry_id, allowed)
    _look({"entry": found.entry.name}, found.entry.account_id, 1)
    one, names = found.entry, _Names([found.entry], allowed)
    return render_template(
        "auditor/entry.html",
        entry={
            "id": one.name,
            "index": found.leaf_index,
            "at": one.at,
            "type": one.type,
            "sentence": presenting.sentence(one, names.accounts, names.apps, names.people),
            "facts": presenting.facts(one, names.accounts, names.apps, names.people),
            "body": one.body.decode("utf-8", "replace"),
            "body_sha256": hashlib.sha256(one.body).hexdigest(),
            "nonce": one.nonce.hex(),
            "leaf_hash": tree.leaf_hash(found.commitment).hex() if found.commitment else "",
        },
        fields=presenting.field_rows(one),
        lines=presenting.line_rows(found.lines[:_LINES]),
        lines_total=len(found.lines),
        proof=_proof(found),
        checkpoint=found.proof.checkpoint if found.proof else None,
        verdict=_verdict(found),
        steps=_steps(),
        key=chain.verifier_key(),
        bundle_url=url_for("auditor.download"),
        related=_related(one),
    )


@blueprint.post("/ledger-console/bundle")
@requires(Right.READ_LEDGER, Right.READ_ALL_LEDGERS)
def download() -> Response:
    """An evidence bundle of what is shown; it verifies offline. The export is an entry of its own, written first."""
    allowed = scope.of(person())
    if request.form.get("entry"):
        one = _located(request.form["entry"], allowed).entry
        made = bundle.extract_of([one.id])
        _exported(made, {"entry": one.name}, one.account_id)
    else:
        filters = _exportable(question.parse(request.form, allowed))
        made = bundle.extract(filters)
        _exported(made, filters.said(), filters.account_id)
    answer = Response(made.data, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="ledger-bundle-{made.size}.zip"'
    return answer


@blueprint.post("/ledger-console/check")
@requires(Right.READ_LEDGER, Right.READ_ALL_LEDGERS)
def check() -> Any:
    """Check the whole log now, where it is not too long for a page."""
    if chain.size() > settings.current().console_check_leaves:
        flash(_("The log is too long to be checked from here. Run connect ledger check."), "warning")
        return redirect(url_for("auditor.console"), 303)
    report = selfcheck.look()
    with database.unit_of_work() as session:
        done = selfcheck.keep(session, report)
    flash(done.words, "good" if done.ok else "bad")
    return redirect(url_for("auditor.console"), 303)


class _Names:
    """The names that the found entries need, each kind by one statement."""

    def __init__(self, found: list[Entry], allowed: Scope) -> None:
        self.accounts = allowed.accounts
        self.apps = {
            key: app.name for key, app in registry.apps_of(each.app_id for each in found if each.app_id).items()
        }
        self.people = accounts.names(each.person_id for each in found if each.person_id)


def _search(asked: Question) -> tuple[list[Entry], dict[UUID, int]]:
    if asked.problems:
        return [], {}
    with database.read() as connection:
        found = list(queries.search(connection, asked.filters, before=asked.before, limit=_ON_PAGE))
        return found, queries.leaves_of(connection, [each.id for each in found])


def _located(text: str, allowed: Scope) -> Located:
    try:
        with database.read() as connection:
            found = queries.locate(connection, ids.decode("entry", text))
    except ValueError:
        found = None
    if found is None or not allowed.allows(found.entry.account_id):
        raise Problem("not-found", _("There is no such entry, or you may not see it."))
    return found


def _exportable(asked: Question) -> Filters:
    """What may be put into a bundle here: a question that was understood, whose answer a web request can carry."""
    if asked.problems:
        raise field_errors("invalid-parameter", {item["href"].lstrip("#"): [item["text"]] for item in asked.problems})
    most = settings.current().bundle_entries
    with database.read() as connection:
        found = queries.total(connection, asked.filters)
    if found > most:
        words = _(
            "%(found)s entries are more than a page can export (%(most)s). Narrow the question, or run connect ledger export."
        )
        raise Problem("invalid-request", words % {"found": found, "most": most})
    return asked.filters


def _look(filters: dict[str, Any], account_id: UUID | None, count: int) -> None:
    """Write down that somebody looked: every look is itself in the ledger, and in that of the account it was at."""
    draft = acts.viewed(
        actor=actor.person(person().id).as_text(),
        place="console",
        filters=filters,
        count=count,
        account_id=account_id,
        person_id=person().id,
        request_id=web.request_id(),
    )
    database.group_commit(lambda session: services.append(session, draft))


def _exported(made: bundle.Bundle, filters: dict[str, Any], account_id: UUID | None) -> None:
    draft = acts.exported(
        actor=actor.person(person().id).as_text(),
        place="console",
        kind="extract",
        filters=filters,
        account_id=account_id,
        person_id=person().id,
        count=made.count,
        size=made.size,
        sha256=hashlib.sha256(made.data).hexdigest(),
        request_id=web.request_id(),
    )
    database.group_commit(lambda session: services.append(session, draft))


def _proof(found: Located) -> dict[str, Any] | None:
    """The inclusion proof in the newest checkpoint, with the size and root that the checkpoint signs (C2SP tlog-checkpoint)."""
    if found.proof is None:
        return None
    _origin, size, root = found.proof.checkpoint.split("\n")[:3]
    return {
        "index": found.proof.index,
        "size": int(size),
        "path": [each.hex() for each in found.proof.hashes],
        "root": base64.b64decode(root).hex(),
    }


def _verdict(found: Located) -> dict[str, Any]:
    if found.fault:
        return {"ok": False, "words": _("This entry does not hold: %(fault)s", fault=found.fault)}
    if found.proof is None:
        return {"ok": True, "words": _("Written, and sealed within seconds")}
    return {"ok": True, "words": _("As it was sealed: body, leaf and proof fit the signed checkpoint")}


def _steps() -> list[tuple[str, str]]:
    base = settings.current().base_url
    return [
        (_("Download the evidence bundle of this entry with the button above."), ""),
        (_("Take verify.py from another channel than the bundle, and run it. It needs no network and no database."),
         f"python verify.py ledger-bundle.zip --key '{chain.verifier_key()}'"),
        (_("Or check the log itself with any C2SP tlog-tiles client."), f"{base}/ledger/checkpoint"),
    ]  # fmt: skip


def _related(one: Entry) -> list[dict[str, str]]:
    links = []
    if one.request_id:
        links.append(
            {"words": _("Entries of the same request"), "href": url_for("auditor.console", request_id=one.request_id)}
        )
    if one.account_id and one.app_id:
        client_id = registry.apps_of([one.app_id])[one.app_id].client_id
        href = url_for("auditor.console", account=ids.encode("acc", one.account_id), app=client_id)
        links.append({"words": _("Entries of this app and business"), "href": href})
    return links


def _choices(allowed: Scope) -> dict[str, list[dict[str, str]]]:
    return {
        "accounts": [{"value": ids.encode("acc", each), "words": name} for each, name in allowed.accounts.items()],
        "apps": [{"value": app.client_id, "words": app.name} for app in registry.apps()],
        "types": [{"value": kind, "words": str(words)} for kind, words in presenting.KINDS.items()],
        "channels": [{"value": each, "words": each} for each in CHANNELS],
    }


def _window_words(asked: Question) -> str:
    if asked.has_dates:
        return _("The days you chose.")
    return _("The last %(days)s days.", days=asked.days)


def _address(asked: Question, *, days: int | None = None, before: str | None = None) -> str:
    kept: dict[str, Any] = {name: value for name, value in asked.asked.items() if value}
    return url_for("auditor.console", **kept, days=days or asked.days, before=before)
