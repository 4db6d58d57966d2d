"""Apps that registered themselves and are gone: one that deleted its registration (RFC 7592 2.3), one that nobody ever used."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from apps_registry import steps, unverified
from apps_registry.lifecycle import Party, State
from apps_registry.models import App, ClientRegistration
from apps_registry.origins import Origin
from connect.core import actor, clock, settings
from connect.grants import services as grants
from connect.grants.models import LIVE, Grant

DELETED = "the app deleted its registration"  # why a grant ended; customers read it
_AT_ONCE = 100  # grants that end before the app is answered; the clock ends the rest


def delete(session: Session, app_id: UUID, client_id: str) -> None:
    """Nothing of the app works from here on; its grants end, the first of them at once."""
    steps.retire(session, app_id, DELETED, actor.app(client_id), Party.CLIENT)
    end_grants(session, _AT_ONCE, app_id)


def end_grants(session: Session, limit: int, app_id: UUID | None = None) -> int:
    """End live grants of apps that deleted their registration, or of one of them; returns how many."""
    left = (
        select(Grant.account_id, Grant.id, App.client_id)
        .join(App, App.id == Grant.app_id)
        .where(
            App.state == State.RETIRED,
            App.origin == Origin.REGISTRATION,
            App.state_reason == DELETED,
            Grant.state.in_(LIVE),
            Grant.expires_at > clock.now(),
        )
    )
    left = left if app_id is None else left.where(App.id == app_id)
    found = session.execute(left.limit(limit).with_for_update(of=Grant, skip_locked=True, key_share=True)).all()
    for account_id, grant_id, client_id in found:
        grants.revoke(session, account_id, grant_id, actor.app(client_id), DELETED)
    return len(found)


def remove_unused(session: Session, limit: int) -> int:
    """Take apps out of the registry that nobody connected and that sent nobody here for the setting registration_unused."""
    before = clock.now() - settings.current().registration_unused
    doomed = (
        select(ClientRegistration.app_id)
        .join(App, App.id == ClientRegistration.app_id)
        .where(
            ClientRegistration.used_at < before,
            or_(App.state == State.UNVERIFIED, App.state == State.RETIRED),
            ~exists().where(Grant.app_id == ClientRegistration.app_id),
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(doomed).all()
    return unverified.remove(session, found) if found else 0
