"""The pages that wait for what is not there yet: requests that are to come, and events as they happen.

Whoever waits is told by the journal. All is bounded: how many may wait, how long, and how many events are
kept for a client that does not read them; the oldest are dropped, and it is told how many.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from weakref import WeakKeyDictionary

from mockserver.conversation import Http, json_text
from mockserver.journal.entries import Entry
from mockserver.journal.exchange_json import exchange_outline
from mockserver.journal.recorded import RecordedExchange
from mockserver.protocols.base import Answer
from mockserver.server.control import told
from mockserver.server.own_page import ANY_KEY, Events, PageError
from mockserver.server.selecting import FILTERS, Found, Selection, select
from mockserver.service import Service
from mockserver.state.interface import Exchanges, StateLostError
from mockserver.store import Bounded

MOST_WAITING = 1_000
MOST_PENDING = 1_000
"""Events that are kept for one reader."""
HEARTBEAT = 15.0
"""Seconds without an event, after which a comment tells that the stream lives."""

_COMMENT = b": mockserver\n\n"
_ENCODED = 256

_encoded: WeakKeyDictionary[Exchanges, Bounded[tuple[object, ...], bytes]] = WeakKeyDictionary()
"""The latest events of each journal by their changes, so that many readers cost little more than one."""


async def requests_later(http: Http, service: Service, stopping: asyncio.Event) -> Answer:
    """As `requests`, once there is one or the time to wait is over."""
    selection, found = await service.run(lambda: _select(http, service))
    if selection.wait and not found.entries:
        found = await _awaited(selection, service, stopping)
    return await asyncio.to_thread(told, found)


def _select(http: Http, service: Service) -> tuple[Selection, Found]:
    selection = select(http, service)
    return selection, selection.found_in(service.journal)


async def events(http: Http, service: Service, stopping: asyncio.Event) -> Events:
    """Every exchange that fits, when it begins and when it is over, or once if that is the same moment; first
    those behind `since`.
    """
    last = http.headers.get("last-event-id", "")
    resumed = {"since": last} if last else {}
    asked = replace(http, query={**http.query, **resumed})
    selection = await service.run(lambda: select(asked, service, FILTERS))
    _refuse_too_many(service.journal)
    return _events(replace(selection, limit=sys.maxsize), service, stopping)


async def _awaited(selection: Selection, service: Service, stopping: asyncio.Event) -> Found:
    _refuse_too_many(service.journal)
    loop = asyncio.get_running_loop()
    until = loop.time() + selection.wait
    async with _watched(selection, service, stopping) as changes:
        found = await changes.found()  # there may be one since somebody looked
        while not (found.entries or stopping.is_set()) and (left := until - loop.time()) > 0:
            await changes.wait(left)
            found = await changes.found()
    return found


async def _events(selection: Selection, service: Service, stopping: asyncio.Event) -> Events:
    async with _watched(selection, service, stopping) as changes:
        yield _COMMENT
        if selection.since is not None:
            for entry in await changes.found():
                changes.note(entry)
        while not stopping.is_set():
            if not await changes.wait(HEARTBEAT):
                yield _COMMENT
            if dropped := changes.take_dropped():
                yield _event("dropped", {"dropped": dropped})
            with suppress(StateLostError):  # what is missed is told when it is there again
                async for entry in changes.taken():
                    yield _told(entry, service.journal)


class _Changes:
    """What fits of what has changed, and was not taken: the numbers of the entries, so that none is kept for
    it. Most changes do not fit what somebody waits for, and wake nobody.
    """

    def __init__(self, selection: Selection, service: Service) -> None:
        self._selection = selection
        self._service = service
        self._loop = asyncio.get_running_loop()
        self._changed: list[int] = []
        self._pending: dict[int, None] = {}
        self._taken: Bounded[int, int] = Bounded(MOST_PENDING)
        self._dropped = 0
        self._woken = asyncio.Event()
        self.begun = 0
        self._looks: set[asyncio.Future[None]] = set()

    def hear(self, number: int) -> None:
        """Look at an entry in a moment: one that was opened is not filled in yet."""
        if not self._changed:
            self._loop.call_soon(self._look)
        self._changed.append(number)

    async def found(self) -> Found:
        """All that fits now."""
        return await self._service.run(lambda: self._selection.found_in(self._service.journal))

    def note(self, entry: Entry) -> None:
        self._pending.pop(entry.number, None)
        self._pending[entry.number] = None
        if len(self._pending) > MOST_PENDING:
            del self._pending[next(iter(self._pending))]
            self._dropped += 1
        self.wake()

    def wake(self) -> None:
        self._woken.set()

    async def wait(self, seconds: float) -> bool:
        """Wait until there is something to take, or to stop for, at most so long; whether there is."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    async def taken(self) -> AsyncIterator[Entry]:
        """The entries that have changed, in that order. What changes meanwhile comes behind; what was over
        before it could be told that it began comes once.
        """
        while self._pending:
            number = next(iter(self._pending))
            del self._pending[number]
            entry = await self._service.run(partial(self._service.journal.entry, number))
            if entry and self._taken.get(number) != entry.change:
                self._taken.put(number, entry.change)
                yield entry

    def take_dropped(self) -> int:
        dropped, self._dropped = self._dropped, 0
        return dropped

    def _look(self) -> None:
        changed, self._changed = self._changed, []
        if self._service.engine.state.is_shared:
            look = asyncio.ensure_future(self._service.run(lambda: self._note_fitting(changed)))
            self._looks.add(look)
            look.add_done_callback(self._looked)
        else:
            self._note_fitting(changed)

    def _looked(self, look: asyncio.Future[None]) -> None:
        self._looks.discard(look)
        error = None if look.cancelled() else look.exception()
        if error and not isinstance(error, StateLostError):
            raise error

    def _note_fitting(self, changed: Iterable[int]) -> None:
        journal = self._service.journal
        entries = map(journal.entry, changed) if all(changed) else iter(self._missed())
        for entry in entries:
            if entry and self._selection.fits(entry):
                self.note(entry)

    def _missed(self) -> Iterable[Entry]:
        """What may have changed while nothing was heard: all that has not been told as it is."""
        since = max(self._selection.since or 0, self.begun)
        found = replace(self._selection, since=since, limit=sys.maxsize).found_in(self._service.journal)
        return [entry for entry in found if self._taken.get(entry.number) != entry.change]


@asynccontextmanager
async def _watched(
    selection: Selection, service: Service, stopping: asyncio.Event
) -> AsyncIterator[_Changes]:
    changes = _Changes(selection, service)
    stopped = asyncio.ensure_future(stopping.wait())
    stopped.add_done_callback(lambda _: changes.wake())
    key = None if selection.key == ANY_KEY else selection.key
    try:
        async with service.journal.heard_by(changes.hear, key):
            if service.engine.state.is_shared:
                changes.begun = await service.run(lambda: service.journal.latest)
            yield changes
    finally:
        stopped.cancel()


def _refuse_too_many(journal: Exchanges) -> None:
    if journal.listening >= MOST_WAITING:
        raise PageError(503, f"{MOST_WAITING:,} clients wait already; no more can.")


def _told(entry: Entry, journal: Exchanges) -> bytes:
    encoded = _encoded.setdefault(journal, Bounded(_ENCODED))
    name = "began" if entry.outcome == "open" else "over"
    http = entry.http  # numbers begin anew where a Redis has lost what it kept
    return encoded.setdefault(
        (entry.change, entry.outcome, http.key, http.path, http.body),
        lambda: _event(name, exchange_outline(RecordedExchange(entry)), entry.change),
    )


def _event(name: str, data: object, number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json_text(data)}\n\n".encode(errors="replace")
