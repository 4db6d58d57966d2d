"""Versions of an app: each is a set of scopes with a purpose each. What is added is reviewed, what is taken away is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from apps_registry import details, lifecycle, rows, signals
from apps_registry.details import Asked
from apps_registry.errors import ReviewRefused
from apps_registry.lifecycle import Party, State
from apps_registry.models import App, AppVersion, RequestedScope, Review
from connect.core import clock, ids
from connect.core.actor import Actor
from connect.scopes.scopes import SCOPES, Tier

DRAFT, IN_REVIEW, PUBLISHED, REFUSED = "draft", "in_review", "published", "refused"
APPROVED, CHANGES_ASKED = "approved", "changes_asked"
DECISIONS = (APPROVED, CHANGES_ASKED, REFUSED)


def add_version(
    session: Session, app_id: UUID, asked: Sequence[Asked], actor: Actor, default_terms: Mapping[str, Any] | None = None
) -> AppVersion:
    """A further version. One that adds nothing to the published version needs no review and is in force at once.

    `default_terms` stay as in the version before where they are not given. Raises InvalidApp; ReviewRefused while another is with the
    reviewers.
    """
    app = rows.locked_app(session, app_id)
    private = app.state == State.PRIVATE
    details.raise_if(
        chain(
            details.scope_errors(tuple(asked), app.client_kind, private=private),
            details.terms_errors(default_terms or {}),
        )
    )
    before = rows.newest_version(session, app.id)
    if before is not None and before.state == IN_REVIEW:
        raise ReviewRefused(_("A version is being reviewed; withdraw it first."), "version")
    terms = default_terms if default_terms is not None else (before.default_terms if before else {})
    version = write_version(session, app, asked, terms)
    signals.app_version_added.send(app, session=session, actor=actor, version=version)
    if app.state in lifecycle.OPEN_TO_ALL and approvals_needed(session, app, version) == 0:
        _publish(session, app, version, actor)
    return version


def submit(session: Session, app_id: UUID, actor: Actor, by: Party = Party.TEAM) -> AppVersion:
    """Hand the newest version to the reviewers. Raises ReviewRefused when there is none to review, MoveRefused by state."""
    app = rows.locked_app(session, app_id)
    version = rows.newest_version(session, app.id)
    if version is None or version.state != DRAFT:
        raise ReviewRefused(_("There is no new version to review; add one first."), "version")
    if app.state not in lifecycle.OPEN_TO_ALL:
        app.state = lifecycle.after("submit", app.state, by)
    version.state, version.submitted_at = IN_REVIEW, clock.now()
    _touch(session, app)
    signals.version_submitted.send(app, session=session, actor=actor, version=version)
    return version


def withdraw(session: Session, app_id: UUID, actor: Actor) -> AppVersion:
    """Take the version back from the reviewers. Raises ReviewRefused when none is with them."""
    app = rows.locked_app(session, app_id)
    version = rows.newest_version(session, app.id, IN_REVIEW)
    if version is None:
        raise ReviewRefused(_("No version is being reviewed."), "version")
    before, version.state = app.state, DRAFT
    if app.state == State.IN_REVIEW:
        app.state = lifecycle.after("withdraw", app.state, Party.TEAM)
    _touch(session, app)
    signals.app_moved.send(app, session=session, actor=actor, before=before, move="withdraw")
    return version


def review(
    session: Session, version_id: UUID, decision: str, comment: str, actor: Actor, by: Party = Party.REVIEWER
) -> Review:
    """Enter a decision. An approval publishes once as many different people as the tier asks for have approved.

    The actor is a person (their id is the reviewer's) or the operator at the command line. Raises ReviewRefused when the version is
    not with the reviewers, the same reviewer approves twice, or a refusal has no comment.
    """
    app, version = rows.version_of(session, version_id)
    approvers = approvers_of(session, version.id)
    _check_review(version, decision, comment, actor.id in approvers)
    made = Review(
        id=ids.new(),
        app_version_id=version.id,
        reviewer_id=actor.id,
        decision=decision,
        comment=comment.strip(),
        decided_at=clock.now(),
    )
    session.add(made)
    _touch(session, app)
    signals.version_reviewed.send(app, session=session, actor=actor, version=version, review=made)
    if decision != APPROVED:
        _return(session, app, version, decision, by)
    elif len(approvers) + 1 >= approvals_needed(session, app, version):
        _publish(session, app, version, actor, by)
    return made


def publish(session: Session, app_id: UUID, actor: Actor, comment: str = "") -> AppVersion:
    """The operator's approval by command: submits the newest version where the team has not. Counts as one approval.

    A version that asks for T3 stays in review until a reviewer has approved too. Raises ReviewRefused, MoveRefused.
    """
    app = rows.locked_app(session, app_id)
    version = rows.newest_version(session, app.id, IN_REVIEW) or submit(session, app.id, actor, Party.OPERATOR)
    review(session, version.id, APPROVED, comment, actor, Party.OPERATOR)
    return version


def approvals_needed(session: Session, app: App, version: AppVersion) -> int:
    """How many people must approve: two where T3 is new, one for an app's first version and where T1 or T2 is new, else none."""
    before = rows.newest_version(session, app.id, PUBLISHED)
    new = _new_scopes(session, before, version)
    tiers = [tier for name in new if (tier := SCOPES[name].tier) is not None]
    if Tier.T3 in tiers:
        return 2
    return 1 if before is None or any(tier > Tier.T0 for tier in tiers) else 0


def approvers_of(session: Session, version_id: UUID) -> set[UUID | None]:
    """Who has approved a version since it was last sent back; None stands for the operator by command."""
    decided = session.execute(
        select(Review.decision, Review.reviewer_id).where(Review.app_version_id == version_id).order_by(Review.id)
    )
    approvers: set[UUID | None] = set()
    for decision, reviewer_id in decided:
        approvers = approvers | {reviewer_id} if decision == APPROVED else set()
    return approvers


def write_version(session: Session, app: App, asked: Sequence[Asked], default_terms: Mapping[str, Any]) -> AppVersion:
    """The rows of a version, numbered after the newest. The caller has checked `asked` and holds the app's lock."""
    newest = session.scalar(select(func.max(AppVersion.number)).where(AppVersion.app_id == app.id))
    version = AppVersion(
        id=ids.new(),
        app_id=app.id,
        number=(newest or 0) + 1,
        state=DRAFT,
        default_terms={"retention_days": app.retention_days, **default_terms},
        created_at=clock.now(),
        submitted_at=None,
        published_at=None,
    )
    session.add(version)
    session.flush()
    session.add_all(
        RequestedScope(
            app_version_id=version.id,
            scope=item.name,
            required=item.required,
            purpose=item.purpose.strip(),
            purpose_hi=item.purpose_hi.strip(),
        )
        for item in asked
    )
    session.flush()
    return version


def _new_scopes(session: Session, before: AppVersion | None, version: AppVersion) -> set[str]:
    """Scopes that are new, were optional and are now required, or have another purpose: what customers were not told before."""
    known = rows.requested(session, before.id) if before else {}
    return {
        name
        for name, row in rows.requested(session, version.id).items()
        if name not in known or row.purpose != known[name].purpose or row.required > known[name].required
    }


def _check_review(version: AppVersion, decision: str, comment: str, approved_before: bool) -> None:
    if decision not in DECISIONS:
        raise ReviewRefused(_("Choose one of: %(decisions)s.", decisions=", ".join(DECISIONS)))
    if version.state != IN_REVIEW:
        raise ReviewRefused(_("This version is not being reviewed; look at how it stands now."))
    if decision == APPROVED and approved_before:
        raise ReviewRefused(_("You have approved this version already; another reviewer has to."))
    if decision != APPROVED and not comment.strip():
        raise ReviewRefused(_("Say what the developer has to change."), "comment")


def _return(session: Session, app: App, version: AppVersion, decision: str, by: Party) -> None:
    version.state = REFUSED if decision == REFUSED else DRAFT
    if app.state == State.IN_REVIEW:
        app.state = lifecycle.after("return", app.state, by)
    session.flush()


def _publish(session: Session, app: App, version: AppVersion, actor: Actor, by: Party = Party.REVIEWER) -> None:
    version.state, version.published_at = PUBLISHED, clock.now()
    if app.state not in lifecycle.OPEN_TO_ALL:
        app.state = lifecycle.after("publish", app.state, by)
    _touch(session, app)
    signals.version_published.send(app, session=session, actor=actor, version=version)


def _touch(session: Session, app: App) -> None:
    app.updated_at = clock.now()
    session.flush()
