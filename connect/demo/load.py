"""Loads the demo, once, through the services that pages and commands use; what was made stands in the data folder's `demo.json`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from apps_registry import services as registry
from apps_registry import versions
from apps_registry.details import Registration
from apps_registry.queries import app_id_of
from connect.accounts import passwords, people
from connect.accounts import services as accounts
from connect.accounts.roles import ROLES
from connect.calls import services as calls
from connect.core import actor, clock, database, ids, settings
from connect.demo import cast
from connect.demo.cast import AppPart, Part
from connect.disclosure import catalogue_store
from connect.webhooks import services as webhooks

Progress = Callable[[str, int, int], None]  # what is being made, how much of it is done, how much there is

_EXAMINER = timedelta(days=90)
_CRM_URL = "http://127.0.0.1:5000"
_EVENTS = ("call.ended", "grant.revoked")


def document_path() -> Path:
    """Where the demo's document stands; it holds passwords and secrets, so only its owner may read it."""
    return settings.current().data_dir / "demo.json"


def loaded() -> dict[str, Any] | None:
    """The document of a demo that was loaded, or None."""
    path = document_path()
    return dict(orjson.loads(path.read_bytes())) if path.exists() else None


def load(crm_url: str | None, progress: Progress, count: int = cast.CALLS) -> dict[str, Any]:
    """Make the demo with `count` calls, or take the one there is, at `crm_url` (None: where it is). Goes on where an interrupted load
    stopped."""
    made = loaded()
    made = _kept(_cast(crm_url or _CRM_URL, progress)) if made is None else _moved(made, crm_url or made["crm_url"])
    if made["calls"] < count:
        account_id = ids.decode("acc", made["accounts"][0]["id"])
        calls.load_demo(database.unit_of_work, account_id, count, progress=lambda done: progress("calls", done, count))
        made = _kept(made | {"calls": count})
    return made


def _cast(crm_url: str, progress: Progress) -> dict[str, Any]:
    """Accounts, people and apps, in one transaction."""
    hashed = {part.email: _password(part, place, progress) for place, part in enumerate(cast.PEOPLE, start=1)}
    with database.unit_of_work() as session:
        catalogue_store.remember(session)
        account_ids = {name: accounts.add_account(session, name, actor.SYSTEM).id for name in cast.ACCOUNTS}
        team_ids = {name: registry.add_team(session, name, legal).id for name, legal in cast.TEAMS.items()}
        for part in cast.PEOPLE:
            _person(session, part, hashed[part.email][1], account_ids, team_ids)
        return {
            "base_url": settings.current().base_url,
            "crm_url": crm_url,
            "calls": 0,
            "accounts": [{"id": ids.encode("acc", each), "name": name} for name, each in account_ids.items()],
            "people": [_person_line(part, hashed[part.email][0]) for part in cast.PEOPLE],
            "apps": [_app(session, team_ids[part.team], part, crm_url) for part in cast.APPS],
        }


def _password(part: Part, place: int, progress: Progress) -> tuple[str, str]:
    """A password and its hash, which takes a while and so is made before the transaction."""
    password = f"{part.email.split('@')[0]}-{ids.random_bytes(5).hex()}"
    hashed = passwords.make_hash(password)
    progress("people", place, len(cast.PEOPLE))
    return password, hashed


def _person(session: Session, part: Part, hashed: str, account_ids: dict[str, UUID], team_ids: dict[str, UUID]) -> None:
    person = people.add_person(session, part.email, part.name, actor.SYSTEM)
    for role, where in part.seats:
        _seat(session, person.id, role, account_ids.get(where), team_ids.get(where))
    people.set_password(session, people.make_link(session, person.id), hashed, adult=True)


def _seat(session: Session, person_id: UUID, role: str, account_id: UUID | None, team_id: UUID | None) -> None:
    until = clock.now() + _EXAMINER if ROLES[role].dated else None
    people.give_role(session, person_id, role, actor.SYSTEM, account_id=account_id, team_id=team_id, until=until)


def _person_line(part: Part, password: str) -> dict[str, Any]:
    role, where = part.seats[0]
    return {
        "role": role,
        "email": part.email,
        "password": password,
        "account": where if where in cast.ACCOUNTS else None,
        "name": part.name,
    }


def _app(session: Session, team_id: UUID, part: AppPart, crm_url: str) -> dict[str, Any]:
    registered = registry.register(session, team_id, _registration(part, crm_url), actor.SYSTEM)
    versions.publish(session, registered.app.id, actor.SYSTEM, "Part of the demo.")
    line = {
        "name": part.name,
        "kind": part.kind,
        "client_id": registered.app.client_id,
        "client_secret": registered.secret,
        "redirect_uris": list(_redirect_uris(part, crm_url)),
        "required": sorted(asked.name for asked in part.asked if asked.required),
        "optional": sorted(asked.name for asked in part.asked if not asked.required),
        "webhook_secret": None,
    }
    if part.is_crm:
        line["webhook_secret"] = webhooks.add(session, registered.app.id, _hook(crm_url), _EVENTS, actor.SYSTEM).secret
    return line


def _registration(part: AppPart, crm_url: str) -> Registration:
    site = f"https://{part.team.split()[0].lower()}.example"
    return Registration(
        name=part.name,
        legal_developer=cast.TEAMS[part.team],
        privacy_policy_url=f"{site}/privacy",
        kind=part.kind,
        redirect_uris=_redirect_uris(part, crm_url),
        asked=part.asked,
        description=part.description,
        home_url=site,
        support_email=f"help@{site.removeprefix('https://')}",
        connect_url=f"{crm_url}/" if part.is_crm else "",
        retention_days=90,
    )


def _redirect_uris(part: AppPart, crm_url: str) -> tuple[str, ...]:
    return (f"{crm_url}/callback",) if part.is_crm else part.redirect_uris


def _hook(crm_url: str) -> str:
    return f"{crm_url}/hooks/voicetree"


def _moved(made: dict[str, Any], crm_url: str) -> dict[str, Any]:
    """The demo that is there, at the addresses of this run: the CRM's redirect URI and webhook go where it listens now."""
    if made["crm_url"] != crm_url:
        crm = next(app for app in made["apps"] if app["name"] == cast.APPS[0].name)
        with database.unit_of_work() as session:
            app_id = app_id_of(crm["client_id"])
            registry.set_redirect_uris(session, app_id, [f"{crm_url}/callback"], actor.SYSTEM)
            for endpoint in webhooks.of_app(session, app_id):
                webhooks.remove(session, endpoint.id, actor.SYSTEM)
            crm["webhook_secret"] = webhooks.add(session, app_id, _hook(crm_url), _EVENTS, actor.SYSTEM).secret
        crm["redirect_uris"] = [f"{crm_url}/callback"]
    return _kept(made | {"base_url": settings.current().base_url, "crm_url": crm_url})


def _kept(made: dict[str, Any]) -> dict[str, Any]:
    path = document_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(orjson.dumps(made, option=orjson.OPT_INDENT_2))
    return made
