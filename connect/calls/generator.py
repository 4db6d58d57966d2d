"""Made-up calls of a made-up business, for demos, sandboxes, tests and benchmarks. The same arguments give the same calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from connect.calls.incoming import AgentIn, CallIn, ContactIn, DepartmentIn, LegIn, NoteIn, NumberIn, RecordingIn
from connect.calls.kinds import Direction, LegAction, LegResult, NumberType, RecordingKind, Status
from connect.calls.made_up import shapes, talk
from connect.calls.made_up.arrivals import arrivals, is_open
from connect.calls.made_up.company import DEPARTMENTS, Company
from connect.calls.made_up.media import recording
from connect.calls.made_up.shapes import Shape
from connect.calls.made_up.words import CITIES, DISPOSITIONS

SOURCE = "made-up"

_FEWEST_CONTACTS, _MOST_CONTACTS, _CALLS_A_CONTACT = 20, 50_000, 8
_PAISE_A_MINUTE = {NumberType.FIXED: 60, NumberType.MOBILE: 90, NumberType.TOLL_FREE: 150}
_DEPARTMENT_WEIGHTS = (40, 34, 12, 14)
_CIRCLES = {city: circle for city, _, circle, _ in CITIES}
_LANGUAGES = ("english", "hindi")
_UNREACHED = {Status.BUSY: "user_busy", Status.FAILED: "network_out_of_order", Status.MISSED: "no_answer"}


def generate(seed: int, timezone: str, until: datetime, count: int) -> Iterator[CallIn]:
    """`count` calls in the order of their beginning, all over before `until`, arriving by the hours of `timezone`."""
    random = Random(seed)  # noqa: S311 - made-up data
    zone = ZoneInfo(timezone)
    contacts = min(max(count // _CALLS_A_CONTACT, _FEWEST_CONTACTS), _MOST_CONTACTS)
    exchange = _Exchange(random, Company(seed, contacts))
    last = until - timedelta(seconds=shapes.LONGEST_S)
    for nth, at in enumerate(arrivals(random, zone, last, count), start=1):
        yield exchange.call(f"{seed}-{nth}", at, is_open(at.astimezone(zone)))


class _Exchange:
    """Puts calls through: who calls whom, what comes of it, what remains of it."""

    def __init__(self, random: Random, company: Company) -> None:
        self._random, self._company = random, company

    def call(self, source_id: str, at: datetime, open_now: bool) -> CallIn:
        random = self._random
        direction = Direction.OUTBOUND if open_now and random.random() < 0.22 else Direction.INBOUND
        inward = direction is Direction.INBOUND
        shape = shapes.inbound(random, open_now) if inward else shapes.outbound(random)
        department = random.choices(DEPARTMENTS, weights=_DEPARTMENT_WEIGHTS)[0]
        line = random.choice(self._company.lines)
        caller, contact = self._other_party(inward)
        legs = self._legs(shape, department, at, inward)
        answered = shape.status is Status.ANSWERED
        agent = legs[-1].agent if legs and (answered or not inward) else None
        ended_at = at + timedelta(seconds=shape.total_s)
        recordings = self._recordings(shape, ended_at)
        return CallIn(
            source=SOURCE,
            source_id=source_id,
            session_id=source_id,
            number=line,
            direction=direction,
            status=shape.status,
            missed_reason=shape.reason,
            department=None if shape.status is Status.ABANDONED_IVR else department,
            agent=agent,
            caller=caller,
            contact=contact,
            circle=_circle(caller, contact),
            ivr_path=self._ivr_path(shape, department),
            **_times(shape, at, ended_at),
            disposition=random.choice(DISPOSITIONS[department.name]) if answered and random.random() < 0.7 else None,
            tags=("complaint",) if answered and random.random() < 0.05 else (),
            cost_paise=_cost(line, shape, inward),
            legs=legs,
            notes=self._notes(answered, agent, department, ended_at),
            recordings=recordings,
            transcript=talk.transcript(random) if answered and recordings and random.random() < 0.25 else None,
        )

    def _other_party(self, inward: bool) -> tuple[str | None, ContactIn | None]:
        chance = self._random.random()
        if inward and chance < 0.03:
            return None, None  # withheld
        if inward and chance < 0.28:
            return self._company.stranger(self._random), None
        return self._company.somebody(self._random)

    def _ivr_path(self, shape: Shape, department: DepartmentIn) -> tuple[str, ...]:
        if not shape.ivr_s:
            return ()
        language = self._random.choice(_LANGUAGES)
        return (language,) if shape.status is Status.ABANDONED_IVR else (language, department.name.lower())

    def _legs(self, shape: Shape, department: DepartmentIn, at: datetime, inward: bool) -> tuple[LegIn, ...]:
        """Ringing ends in an answer or not; some calls ring a first agent in vain, some are passed on to another."""
        if not shape.ring_s:
            return ()
        agents = self._random.sample(self._company.agents(department), k=2)
        rings_at = at + timedelta(seconds=shape.ivr_s + shape.wait_s)
        answers_at = rings_at + timedelta(seconds=shape.ring_s)
        ends_at = answers_at + timedelta(seconds=shape.talk_s)
        if shape.status is not Status.ANSWERED:
            return (_unanswered(agents[0], rings_at, answers_at, shape.status),)
        if inward and shape.ring_s > 12:
            half = rings_at + timedelta(seconds=shape.ring_s // 2)
            first = _unanswered(agents[0], rings_at, half, Status.MISSED)
            return (first, _answered(agents[1], half, answers_at, ends_at))
        if shape.talk_s > 240 and self._random.random() < 0.3:
            passed = answers_at + timedelta(seconds=shape.talk_s // 3)
            first = _answered(agents[0], rings_at, answers_at, passed)
            return (first, _answered(agents[1], passed, passed, ends_at, LegAction.TRANSFER))
        return (_answered(agents[0], rings_at, answers_at, ends_at),)

    def _notes(
        self, answered: bool, agent: AgentIn | None, department: DepartmentIn, ended_at: datetime
    ) -> tuple[NoteIn, ...]:
        if not answered or self._random.random() > 0.18:
            return ()
        written_at = ended_at + timedelta(seconds=self._random.randint(5, 90))
        return (NoteIn(agent, talk.note(self._random, department.name), written_at),)

    def _recordings(self, shape: Shape, ended_at: datetime) -> tuple[RecordingIn, ...]:
        if shape.status is Status.VOICEMAIL:
            heard = self._random.random() < 0.6
            return (recording(RecordingKind.VOICEMAIL, shape.message_s, ended_at, heard),)
        if shape.status is Status.ANSWERED and self._random.random() < 0.4:
            return (recording(RecordingKind.RECORDING, shape.talk_s, ended_at),)
        return ()


def _times(shape: Shape, at: datetime, ended_at: datetime) -> dict[str, Any]:
    """When the parts of a call began, and how long they took."""
    return {
        "started_at": at,
        "queued_at": at + timedelta(seconds=shape.ivr_s) if shape.wait_s else None,
        "answered_at": ended_at - timedelta(seconds=shape.talk_s) if shape.status is Status.ANSWERED else None,
        "ended_at": ended_at,
        "ivr_s": shape.ivr_s,
        "ring_s": shape.ring_s,
        "wait_s": shape.wait_s,
        "talk_s": shape.talk_s,
        "total_s": shape.total_s,
    }


def _circle(caller: str | None, contact: ContactIn | None) -> str | None:
    """The telecom circle of the other party: where the contact lives; a stranger's follows from the number."""
    if caller is None:
        return None
    if contact is not None and contact.city is not None:
        return _CIRCLES[contact.city]
    return CITIES[int(caller[-4:]) % len(CITIES)][2]


def _answered(
    agent: AgentIn, ring_at: datetime, answer_at: datetime, end_at: datetime, action: LegAction = LegAction.DIAL
) -> LegIn:
    return LegIn(agent, LegResult.ANSWERED, action, agent.mobile, ring_at, answer_at, end_at, "normal_clearing")


def _unanswered(agent: AgentIn, ring_at: datetime, end_at: datetime, status: Status) -> LegIn:
    result = LegResult.BUSY if status is Status.BUSY else LegResult.NO_ANSWER
    cause = _UNREACHED.get(status, "no_answer")
    return LegIn(agent, result, LegAction.DIAL, agent.mobile, ring_at, None, end_at, cause)


def _cost(line: NumberIn, shape: Shape, inward: bool) -> int:
    """Whole minutes, begun ones counted; incoming calls cost the business only on a toll-free line."""
    if inward and line.type is not NumberType.TOLL_FREE:
        return 0
    return -(-shape.talk_s // 60) * _PAISE_A_MINUTE[line.type]
