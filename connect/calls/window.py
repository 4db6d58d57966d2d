"""The part of an account that terms leave visible, as conditions in SQL: rows outside it do not exist for the app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, select

from connect.calls.functions import unindexed
from connect.calls.models import AgentDepartment, Call, Contact
from connect.calls.signals import EndedCall
from connect.scopes.terms import Terms

Conditions = list[ColumnElement[bool]]

_call, _contact, _member = Call.__table__.c, Contact.__table__.c, AgentDepartment.__table__.c


@dataclass(frozen=True, slots=True)
class Window:
    """Lines and departments (None: all), calls from `since` on, up to `until` (None: also those to come)."""

    account_id: UUID
    numbers: tuple[UUID, ...] | None = None
    departments: tuple[UUID, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, account_id: UUID, terms: Terms, *, timezone: str, given_at: datetime) -> Window:
        """What `terms` show. Days are those of the account's `timezone`; calls after `given_at` only if new ones are included."""
        return cls(
            account_id,
            terms.number_ids,
            terms.department_ids,
            datetime.combine(terms.history_from, time(), ZoneInfo(timezone)),
            None if terms.include_new_calls else given_at,
        )

    def calls(self) -> Conditions:
        """Conditions on `call`, alone or joined to what hangs on a call."""
        return self._calls(_call.number_id, _call.department_id)

    def shows(self, call: EndedCall) -> bool:
        """`calls` for one whose keys are at hand."""
        return (
            call.account_id == self.account_id
            and (self.numbers is None or call.number_id in self.numbers)
            and (self.departments is None or call.department_id in self.departments)
            and (self.since is None or call.started_at >= self.since)
            and (self.until is None or call.started_at <= self.until)
        )

    def _calls(self, number_id: ColumnElement[Any], department_id: ColumnElement[Any]) -> Conditions:
        conditions: Conditions = [
            _call.account_id == self.account_id,
            *self.numbers_on(number_id),
            *self.departments_on(department_id),
        ]
        if self.since is not None:
            conditions.append(_call.started_at >= self.since)
        if self.until is not None:
            conditions.append(_call.started_at <= self.until)
        return conditions

    def numbers_on(self, number_id: ColumnElement[Any]) -> Conditions:
        return [] if self.numbers is None else [number_id.in_(self.numbers)]

    def departments_on(self, department_id: ColumnElement[Any]) -> Conditions:
        return [] if self.departments is None else [department_id.in_(self.departments)]

    def users_on(self, agent_id: ColumnElement[Any]) -> Conditions:
        """Users of a visible department."""
        if self.departments is None:
            return []
        member = select(_member.id).where(
            _member.account_id == self.account_id,
            _member.agent_id == agent_id,
            *self.departments_on(_member.department_id),
        )
        return [exists(member)]

    def contacts(self) -> Conditions:
        """Where lines or departments are chosen: the contacts that visible calls are with."""
        if self.numbers is None and self.departments is None:
            return []
        # A person's few calls are to be looked through, not a line's many.
        visible = self._calls(unindexed(_call.number_id), unindexed(_call.department_id))
        return [exists(select(_call.id).where(*visible, _call.subject_id == _contact.subject_id))]
