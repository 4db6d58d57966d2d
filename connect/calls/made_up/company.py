"""The made-up business: its lines, departments, agents, and the people who call it. All of it follows from the seed."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from random import Random

from connect.calls.incoming import AgentIn, ContactIn, DepartmentIn, NumberIn
from connect.calls.kinds import AgentRole, NumberType
from connect.calls.made_up.words import CITIES, COMPANIES, GIVEN_NAMES, SURNAMES
from connect.calls.stand_ins import PREFIX

DEPARTMENTS = (
    DepartmentIn("Sales"),
    DepartmentIn("Support"),
    DepartmentIn("Field service", parent="Support"),
    DepartmentIn("Billing"),
)
_LINES = (
    ("Front desk", "Mumbai", NumberType.FIXED),
    ("Sales", "Mumbai", NumberType.MOBILE),
    ("Care, free of charge", None, NumberType.TOLL_FREE),
    ("Bengaluru branch", "Karnataka", NumberType.FIXED),
    ("Delhi branch", "Delhi", NumberType.FIXED),
)
_AGENTS = 14
_DOMAIN = "kadamba.example"

# Numbers are spread by a step that shares no factor with 10**8: as long as indexes differ, so do the numbers.
_STEP, _SPAN = 7_368_787, 10**8
_FIRST_AGENT, _FIRST_CONTACT, _FIRST_STRANGER = 1_000, 10_000, 10_000_000


class Company:
    """Everything that calls name; `contacts` is the size of the address book."""

    def __init__(self, seed: int, contacts: int) -> None:
        random = Random(f"company {seed}")  # noqa: S311 - made-up data
        self._seed, self._contacts = seed, contacts
        self._offset = random.randrange(_SPAN)
        self.lines = tuple(
            NumberIn(self._number(index), label, circle, type_) for index, (label, circle, type_) in enumerate(_LINES)
        )
        self._agents = tuple(self._agent(random, index) for index in range(_AGENTS))
        self.contact = lru_cache(maxsize=None)(self._contact)

    def agents(self, department: DepartmentIn) -> list[AgentIn]:
        """Those who take calls for a department."""
        return [agent for agent in self._agents if department in agent.departments]

    def somebody(self, random: Random) -> tuple[str, ContactIn]:
        """A number of the address book and whose it is; a few people call often, many seldom."""
        index = int(self._contacts * random.random() ** 2)
        return self._number(_FIRST_CONTACT + index), self.contact(index)

    def stranger(self, random: Random) -> str:
        """A number nobody knows."""
        return self._number(_FIRST_STRANGER + random.randrange(_FIRST_STRANGER))

    def _number(self, index: int) -> str:
        return f"{PREFIX}{(self._offset + index * _STEP) % _SPAN:08d}"

    def _agent(self, random: Random, index: int) -> AgentIn:
        given, surname = GIVEN_NAMES[(index * 7 + self._seed) % len(GIVEN_NAMES)], random.choice(SURNAMES)
        first = DEPARTMENTS[index % len(DEPARTMENTS)]
        second = random.choice(DEPARTMENTS)
        return AgentIn(
            ref=f"agent-{index + 1:02d}",
            display_name=f"{given} {surname}",
            role=AgentRole.SUPERVISOR if index < 2 else AgentRole.AGENT,
            extension=str(101 + index),
            email=f"{given}.{surname}@{_DOMAIN}".lower(),
            mobile=self._number(_FIRST_AGENT + index),
            departments=(first,) if first == second else (first, second),
        )

    def _contact(self, index: int) -> ContactIn:
        random = Random(f"contact {self._seed} {index}")  # noqa: S311 - made-up data
        given, surname = random.choice(GIVEN_NAMES), random.choice(SURNAMES)
        city, state, _, postal = random.choice(CITIES)
        born = date(1958, 1, 1) + timedelta(days=random.randrange(17_000))
        return ContactIn(
            ref=f"contact-{index + 1}",
            display_name=f"{given} {surname}",
            email=f"{given}.{surname}{index}@mail.example".lower() if random.random() < 0.6 else None,
            company=random.choice(COMPANIES) if random.random() < 0.25 else None,
            city=city,
            state=state,
            postal_code=f"{postal}{random.randrange(1000):03d}",
            birthday=born if random.random() < 0.3 else None,
            tags=("regular",) if random.random() < 0.15 else (),
        )
