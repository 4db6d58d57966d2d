"""How a made-up call goes: its outcome, and how long it stays in the menu, in the queue, ringing, talking. Seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from connect.calls.kinds import SHORT_ABANDON_S, MissedReason, Status

LONGEST_S = 3600

_LONGEST_WAIT_S, _LONGEST_TALK_S = 600, 2400

# Outcomes with their weights: calls that come while somebody is there, while nobody is, and calls that go out.
_OPEN = {Status.ANSWERED: 74, Status.ABANDONED_QUEUE: 8, Status.ABANDONED_IVR: 6, Status.MISSED: 9, Status.VOICEMAIL: 3}
_CLOSED = {Status.MISSED: 55, Status.VOICEMAIL: 35, Status.ABANDONED_IVR: 10}
_OUTBOUND = {Status.ANSWERED: 62, Status.MISSED: 24, Status.BUSY: 9, Status.FAILED: 5}


@dataclass(frozen=True, slots=True)
class Shape:
    """Durations follow one another: menu, queue, ringing, talk or message."""

    status: Status
    reason: MissedReason | None = None
    ivr_s: int = 0
    wait_s: int = 0
    ring_s: int = 0
    talk_s: int = 0
    message_s: int = 0

    @property
    def total_s(self) -> int:
        return self.ivr_s + self.wait_s + self.ring_s + self.talk_s + self.message_s


def inbound(random: Random, is_open: bool) -> Shape:
    status = _choose(random, _OPEN if is_open else _CLOSED)
    if not is_open and status is Status.MISSED:
        return Shape(status, MissedReason.OUT_OF_HOURS, ivr_s=_menu(random))
    return _INBOUND[status](random)


def outbound(random: Random) -> Shape:
    status = _choose(random, _OUTBOUND)
    if status is Status.ANSWERED:
        return Shape(status, ring_s=random.randint(4, 25), talk_s=_talk(random))
    if status is Status.MISSED:
        return Shape(status, MissedReason.NO_ANSWER, ring_s=random.randint(25, 45))
    return Shape(status, ring_s=random.randint(1, 6))


def _choose(random: Random, weights: Mapping[Status, int]) -> Status:
    return random.choices(tuple(weights), weights=tuple(weights.values()))[0]


def _menu(random: Random) -> int:
    return random.randint(4, 28)


def _wait(random: Random) -> int:
    return min(int(random.expovariate(1 / 45)), _LONGEST_WAIT_S)


def _talk(random: Random) -> int:
    return min(max(int(random.lognormvariate(4.8, 0.9)), 3), _LONGEST_TALK_S)


def _answered(random: Random) -> Shape:
    wait_s = _wait(random) if random.random() < 0.45 else 0
    ring_s, talk_s = random.randint(2, 20), _talk(random)
    return Shape(Status.ANSWERED, None, _menu(random), wait_s, ring_s, talk_s)


def _abandoned_queue(random: Random) -> Shape:
    wait_s = max(_wait(random), 1)
    reason = MissedReason.SHORT_ABANDON if wait_s <= SHORT_ABANDON_S else MissedReason.NO_AGENT
    return Shape(Status.ABANDONED_QUEUE, reason, _menu(random), wait_s)


def _abandoned_ivr(random: Random) -> Shape:
    return Shape(Status.ABANDONED_IVR, MissedReason.IN_IVR, _menu(random))


def _missed(random: Random) -> Shape:
    if random.random() < 0.2:
        return Shape(Status.MISSED, MissedReason.NO_AGENT, _menu(random), wait_s=_LONGEST_WAIT_S // 5)
    return Shape(Status.MISSED, MissedReason.NO_ANSWER, _menu(random), ring_s=random.randint(20, 40))


def _voicemail(random: Random) -> Shape:
    return Shape(Status.VOICEMAIL, None, _menu(random), ring_s=random.randint(0, 20), message_s=random.randint(5, 30))


_INBOUND: Mapping[Status, Callable[[Random], Shape]] = {
    Status.ANSWERED: _answered,
    Status.ABANDONED_QUEUE: _abandoned_queue,
    Status.ABANDONED_IVR: _abandoned_ivr,
    Status.MISSED: _missed,
    Status.VOICEMAIL: _voicemail,
}
