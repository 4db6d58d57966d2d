"""The worker: claims, sends and settles, many deliveries at once. Any number of workers share the table.

It keeps nothing that matters: killed at any moment, it leaves leases that end, and the deliveries go out again with the same ids.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import uvloop
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from connect.core import database, health, log, settings
from connect.core.egress.client import GuardedSession
from connect.core.problems import Problem
from connect.webhooks import claim, wake
from connect.webhooks.pack import Letter, next_letters
from connect.webhooks.sender import Attempt, send
from connect.webhooks.settle import settle

_TROUBLE = (
    DBAPIError,
    PoolTimeoutError,
    OSError,
    Problem,
)  # of the database or the disk; it passes or somebody mends it
_REST = 1.0  # seconds of waiting after trouble
_FULL = 0.75  # part of the places that must be taken before the worker waits for free ones

logger = log.get("webhooks")


def run(stop: threading.Event) -> None:
    """Deliver until `stop` is set, then finish what is on its way."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_Worker(stop).work())


def drain_once() -> int:
    """Deliver whatever is due now, in this thread, and return how many attempts that took."""
    return asyncio.run(_drain())


async def _drain() -> int:
    made, places = 0, settings.current().webhook_in_flight
    async with GuardedSession() as session:
        while letters := await asyncio.to_thread(_next, places):
            attempts = await asyncio.gather(*(send(session, letter) for letter in letters))
            made += await asyncio.to_thread(_settle, [attempt for attempt in attempts if attempt is not None])
    return made


def _next(places: int) -> list[Letter]:
    return next_letters(places) if claim.anything_due() else []


def _settle(attempts: Sequence[Attempt]) -> int:
    if attempts:
        with database.unit_of_work() as session:
            settle(session, attempts)
    return len(attempts)


class _Worker:
    """Two loops: one claims and starts to send while places are free, one settles what came back in batches."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._places = settings.current().webhook_in_flight
        self._poll = settings.current().webhook_poll.total_seconds()
        self._sending: set[asyncio.Task[None]] = set()
        self._done: asyncio.Queue[Attempt] = asyncio.Queue()

    async def work(self) -> None:
        settling = asyncio.create_task(self._settle_what_comes())
        async with GuardedSession() as session:
            while not self._stop.is_set():
                health.beat("webhooks")
                await self._claim(session)
            await asyncio.gather(*self._sending)
        await self._done.join()
        settling.cancel()

    async def _claim(self, session: GuardedSession) -> None:
        wake.waiting.clear()
        letters = await self._next_letters()
        for letter in letters:
            task = asyncio.create_task(self._deliver(session, letter))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        if not letters:
            await asyncio.to_thread(wake.waiting.wait, self._poll)
        while len(self._sending) > self._places * _FULL:  # a claim for few places costs as much as one for many
            await asyncio.wait(self._sending, return_when=asyncio.FIRST_COMPLETED)

    async def _next_letters(self) -> list[Letter]:
        try:
            return await asyncio.to_thread(_next, self._places - len(self._sending))
        except _TROUBLE as error:
            logger.error("nothing can be claimed", error=type(error).__name__)
            await asyncio.sleep(_REST)
            return []

    async def _deliver(self, session: GuardedSession, letter: Letter) -> None:
        if (attempt := await send(session, letter)) is not None:
            self._done.put_nowait(attempt)

    async def _settle_what_comes(self) -> None:
        while True:
            batch = [await self._done.get()]
            while not self._done.empty():
                batch.append(self._done.get_nowait())
            await self._settle_until_written(batch)
            for _ in batch:
                self._done.task_done()

    async def _settle_until_written(self, batch: Sequence[Attempt]) -> None:
        """An outcome is kept until the database takes it, or the process ends and the leases do."""
        while True:
            try:
                await asyncio.to_thread(_settle, batch)
            except _TROUBLE as error:
                logger.error("outcomes cannot be written", error=type(error).__name__, count=len(batch))
                await asyncio.sleep(_REST)
            else:
                wake.waiting.set()  # places at their endpoints are free again
                return
