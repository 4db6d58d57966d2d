"""Apps in words: what templates of this room show, made from frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from apps_registry import lifecycle, words
from apps_registry.kinds import KEY_METHOD, KINDS, SECRET_METHODS
from apps_registry.lifecycle import Party
from apps_registry.queries import AppLine, AppPage, VersionPage
from connect.core import ids
from connect.core.i18n import language
from connect.scopes import scopes
from connect.scopes import text as catalogue


def card(line: AppLine, grants: Mapping[UUID, int]) -> dict[str, Any]:
    """An app in a list."""
    state = words.APP_STATES[line.state]
    return {
        "id": line.client_id,
        "name": line.name,
        "kind_words": words.KINDS[line.kind],
        "state_words": state.words,
        "state_kind": state.kind,
        "version": line.version or "–",
        "grants": grants.get(line.id, 0),
    }


def app(page: AppPage, grants: int) -> dict[str, Any]:
    """The app itself."""
    state = words.APP_STATES[page.state]
    return {
        "id": page.client_id,
        "name": page.name,
        "legal_developer": page.legal_developer,
        "client_id": page.client_id,
        "kind_words": words.KINDS[page.kind],
        "auth_words": words.AUTH_METHODS[page.auth_method],
        "has_secret": page.auth_method in SECRET_METHODS,
        "has_keys": page.auth_method == KEY_METHOD,
        "profile_words": words.PROFILES[page.profile],
        "public_keys": [
            {"kid": key.kid, "alg": " / ".join(key.algorithms), "thumbprint": key.thumbprint} for key in page.keys
        ],
        "jwks_uri": page.jwks_uri,
        "has_redirects": KINDS[page.kind].redirects,
        "state_words": state.words,
        "state_kind": state.kind,
        "state_advice": " ".join(filter(None, (str(state.advice), page.state_reason))),
        "privacy_policy_url": page.privacy_policy_url,
        "home_url": page.home_url,
        "connect_url": page.connect_url,
        "retention_words": _("%(n)d days", n=page.retention_days),
        "grants": grants,
        "under_test": page.state in lifecycle.OPEN_TO_TESTERS,
    }


def secrets(page: AppPage) -> list[dict[str, Any]]:
    """The live secrets, newest first."""
    return [
        {
            "id": ids.encode("sec", line.id),
            "hint": line.hint,
            "created_at": line.created_at,
            "expires_at": line.expires_at,
            "last_used_at": line.last_used_at,
        }
        for line in page.secrets
    ]


def asked(version: VersionPage) -> list[dict[str, Any]]:
    """What a version asks for, in the order of the catalogue."""
    lines = {line.name: line for line in version.scopes}
    said = catalogue.words(language())
    return [
        {
            "scope": scope.name,
            "title": said.scopes[scope.name].title,
            "required": lines[scope.name].required,
            "purpose": lines[scope.name].purpose,
            "tier_words": said.tiers[words.tier_key([scope.name])].title,
            "review_words": words.review_words(scope.name),
        }
        for scope in scopes.in_order(lines)
    ]


def versions(page: AppPage) -> list[dict[str, Any]]:
    """Versions, newest first, each with what it adds to and drops from the one before."""
    named = [frozenset(line.name for line in version.scopes) for version in page.versions]
    return [
        {
            "number": version.number,
            "state_words": words.VERSION_STATES[version.state].words,
            "state_kind": words.VERSION_STATES[version.state].kind,
            "published_at": version.published_at,
            "added": sorted(own - before),
            "removed": sorted(before - own),
        }
        for version, own, before in zip(page.versions, named, [*named[1:], frozenset()], strict=True)
    ]


def reviews(page: AppPage) -> list[dict[str, Any]]:
    """Decisions with their reasons, newest first; reviewers stay unnamed to the developer."""
    decided = [(line, version.number) for version in page.versions for line in version.reviews]
    return [
        {
            "at": line.decided_at,
            "words": _(
                "Version %(n)d: %(decision)s. %(comment)s",
                n=number,
                decision=words.DECISIONS[line.decision],
                comment=line.comment,
            ).strip(),
            "by": _("A reviewer"),
        }
        for line, number in sorted(decided, key=lambda item: item[0].decided_at, reverse=True)
    ]


def acts(page: AppPage) -> list[dict[str, Any]]:
    """The steps that the team can take now, each a POST."""
    possible = lifecycle.possible(page.state, Party.TEAM)
    newest = page.versions[0] if page.versions else None
    with_reviewers = newest is not None and newest.state == "in_review"
    submits = (
        newest is not None and newest.state == "draft" and ("submit" in possible or page.state in lifecycle.OPEN_TO_ALL)
    )
    shown = [
        ("submit", submits, _("Submit for review"), "", _("A reviewer reads every reason.")),
        ("withdraw", with_reviewers, _("Take it back from review"), "quiet", ""),
        ("test", "test" in possible, _("Start testing"), "quiet", _("Says that it is ready to be tried.")),
        ("unlist", "unlist" in possible, _("Take it out of the directory"), "quiet", _("It goes on working.")),
        ("list", "list" in possible, _("Show it in the directory"), "quiet", ""),
        ("retire", "retire" in possible, _("Retire the app"), "danger", _("It ends for good, at every business.")),
    ]
    return [
        {
            "href": url_for("developer.step", app_id=page.client_id, name=name),
            "words": said,
            "kind": kind,
            "advice": advice,
        }
        for name, may, said, kind, advice in shown
        if may
    ]


def testers(page: AppPage) -> list[str]:
    """The accounts that may connect it while it is tested, by id: their names are not the developer's to know."""
    return [ids.encode("acc", account_id) for account_id in sorted(page.testers)]
