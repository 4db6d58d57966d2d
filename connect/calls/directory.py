"""Whom and what calls name: lines, departments, agents, callers. Finds their ids by the source's names and makes what is missing.

Who uses it holds the account's row (ingest), so nobody makes the same line or caller at the same moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, select, update

from connect.calls.incoming import AgentIn, CallIn, ContactIn, DepartmentIn, NumberIn
from connect.calls.models import SALT_BYTES, Agent, AgentDepartment, Contact, Department, Subject, VirtualNumber
from connect.calls.writing import insert_rows
from connect.core import ids
from connect.core.database import Base

MakeRow = Callable[[str], dict[str, Any]]


class Directory:
    """Ids of what the calls of one batch name, found or made by the two `learn` methods. `made` counts the new ones by table."""

    def __init__(self, connection: Connection, account_id: UUID, at: datetime) -> None:
        self._connection, self._account_id, self._at = connection, account_id, at
        self._numbers: dict[str, UUID] = {}
        self._departments: dict[str, UUID] = {}
        self._agents: dict[str, UUID] = {}
        self._subjects: dict[str, UUID] = {}
        self.made: dict[str, int] = {}

    def learn(self, calls: Collection[CallIn]) -> None:
        """Every line, department and agent that `calls` name."""
        numbers = {call.number.e164: call.number for call in calls}
        self._numbers, _ = self._ensure(VirtualNumber, "e164", numbers, lambda e164: self._number(numbers[e164]))
        agents = {agent.ref: agent for call in calls for agent in _agents(call)}
        self._learn_departments(set(_departments(calls, agents.values())))
        self._agents, new = self._ensure(Agent, "ref", agents, lambda ref: self._agent(agents[ref]))
        self._insert(AgentDepartment, [row for ref in new for row in self._memberships(agents[ref])])

    def learn_callers(self, calls: Iterable[CallIn]) -> None:
        """Every caller of `calls`, and the contact each is said to be."""
        contacts = {call.caller: call.contact for call in calls if call.caller is not None}
        self._subjects, new = self._ensure(Subject, "e164", contacts, self._subject)
        named = {contact.ref: (caller, contact) for caller, contact in contacts.items() if contact is not None}
        known, made = self._ensure(Contact, "ref", named, lambda ref: self._contact(*named[ref]))
        self._link(
            (self._subjects[caller], known[contact.ref])
            for caller, contact in contacts.items()
            if contact is not None and (caller in new or contact.ref in made)
        )

    def number(self, number: NumberIn) -> UUID:
        return self._numbers[number.e164]

    def department(self, department: DepartmentIn | None) -> UUID | None:
        return None if department is None else self._departments[department.name]

    def agent(self, agent: AgentIn | None) -> UUID | None:
        return None if agent is None else self._agents[agent.ref]

    def subject(self, caller: str | None) -> UUID | None:
        return None if caller is None else self._subjects[caller]

    def _learn_departments(self, found: set[DepartmentIn]) -> None:
        """Two levels: a parent that nobody described is made with its name alone."""
        top = {department.parent or department.name for department in found}
        above, _ = self._ensure(Department, "name", top, lambda _: {"parent_id": None, "created_at": self._at})
        below = {department.name: above[department.parent] for department in found if department.parent}
        made, _ = self._ensure(Department, "name", below, lambda n: {"parent_id": below[n], "created_at": self._at})
        self._departments = above | made

    def _ensure(
        self, model: type[Base], key: str, wanted: Collection[str], make: MakeRow
    ) -> tuple[dict[str, UUID], set[str]]:
        """Ids by `key`, and which keys were not there; `make` gives the other columns of those."""
        if not wanted:
            return {}, set()
        asked = {"account": self._account_id, "keys": list(wanted)}
        found: dict[str, UUID] = {row[0]: row[1] for row in self._connection.execute(_lookup(model, key), asked)}
        new = {text: ids.new() for text in wanted if text not in found}
        self._insert(model, [{key: text, "id": id_, **make(text)} for text, id_ in new.items()])
        return found | new, set(new)

    def _insert(self, model: type[Base], rows: list[dict[str, Any]]) -> None:
        if rows:
            insert_rows(self._connection, model, [{"account_id": self._account_id, **row} for row in rows])
            self.made[model.__tablename__] = self.made.get(model.__tablename__, 0) + len(rows)

    def _link(self, pairs: Iterable[tuple[UUID, UUID]]) -> None:
        """Write into subjects which contact they are."""
        rows = [{"account": self._account_id, "subject": subject, "contact": contact} for subject, contact in pairs]
        if rows:
            self._connection.execute(_LINK, rows)

    def _number(self, number: NumberIn) -> dict[str, Any]:
        return {
            "label": number.label,
            "circle": number.circle,
            "type": number.type,
            "active": True,
            "created_at": self._at,
        }

    def _agent(self, agent: AgentIn) -> dict[str, Any]:
        return {
            "display_name": agent.display_name,
            "role": agent.role,
            "extension": agent.extension,
            "email": agent.email,
            "mobile": agent.mobile,
            "created_at": self._at,
        }

    def _memberships(self, agent: AgentIn) -> Iterator[dict[str, Any]]:
        for department in agent.departments:
            yield {"id": ids.new(), "agent_id": self.agent(agent), "department_id": self.department(department)}

    def _subject(self, _e164: str) -> dict[str, Any]:
        return {"salt": ids.random_bytes(SALT_BYTES), "created_at": self._at}

    def _contact(self, caller: str, contact: ContactIn) -> dict[str, Any]:
        return {
            "subject_id": self._subjects[caller],
            "display_name": contact.display_name,
            "email": contact.email,
            "company": contact.company,
            "city": contact.city,
            "state": contact.state,
            "postal_code": contact.postal_code,
            "birthday": contact.birthday,
            "tags": list(contact.tags),
            "created_at": self._at,
            "updated_at": self._at,
        }


@cache  # a statement that is built once is also compiled once
def _lookup(model: type[Base], key: str) -> Select[Any]:
    column = model.__table__.c
    wanted = column[key].in_(bindparam("keys", expanding=True))
    return select(column[key], column.id).where(column.account_id == bindparam("account"), wanted)


_LINK = (
    update(Subject)
    .where(Subject.account_id == bindparam("account"), Subject.id == bindparam("subject"))
    .values(contact_id=bindparam("contact"))
)


def _agents(call: CallIn) -> Iterator[AgentIn]:
    named = (call.agent, *(leg.agent for leg in call.legs), *(note.author for note in call.notes))
    return (agent for agent in named if agent is not None)


def _departments(calls: Iterable[CallIn], agents: Iterable[AgentIn]) -> Iterator[DepartmentIn]:
    yield from (call.department for call in calls if call.department is not None)
    yield from (department for agent in agents for department in agent.departments)
