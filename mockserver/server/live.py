"""The pages that wait for what is not there yet: requests that are to come, and events as they happen.

Whoever waits is told by the journal. All is bounded: how many may wait, how long, and how many events are
kept for a client that does not read them; the oldest are dropped, and it is told how many.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from weakref import WeakKeyDictionary

from mockserver.conversation import Http, json_text
from mockserver.exchange_json import exchange_outline
from mockserver.journal import Entry
from mockserver.protocols.base import Answer
from mockserver.recorded import RecordedExchange
from mockserver.server.control import told
from mockserver.server.own_page import ANY_KEY, Events, PageError
from mockserver.server.selecting import FILTERS, Found, Selection, select
from mockserver.service import Service
from mockserver.state.interface import Exchanges
from mockserver.store import Bounded

MOST_WAITING = 1_000
MOST_PENDING = 1_000
"""Events that are kept for one reader."""
HEARTBEAT = 15.0
"""Seconds without an event, after which a comment tells that the stream lives."""

_COMMENT = b": mockserver\n\n"
_ENCODED = 256

_encoded: WeakKeyDictionary[Exchanges, Bounded[int, bytes]] = WeakKeyDictionary()
"""The latest events of each journal by their changes, so that many readers cost little more than one."""


async def requests_later(http: Http, service: Service, stopping: asyncio.Event) -> Answer:
    """As `requests`, once there is one or the time to wait is over."""
    selection = select(http, service)
    found = selection.found_in(service.journal)
    if selection.wait and not found.entries:
        found = await _awaited(selection, service.journal, stopping)
    return await asyncio.to_thread(told, found)


def events(http: Http, service: Service, stopping: asyncio.Event) -> Events:
    """Every exchange that fits, when it begins and when it is over, or once if that is the same moment; first
    those behind `since`.
    """
    last = http.headers.get("last-event-id", "")
    resumed = {"since": last} if last else {}
    asked = replace(http, query={**http.query, **resumed})
    selection = replace(select(asked, service, FILTERS), limit=sys.maxsize)
    _refuse_too_many(service.journal)
    return _events(selection, service.journal, stopping)


async def _awaited(selection: Selection, journal: Exchanges, stopping: asyncio.Event) -> Found:
    _refuse_too_many(journal)
    loop = asyncio.get_running_loop()
    until = loop.time() + selection.wait
    with _watched(selection, journal, stopping) as changes:
        while not stopping.is_set() and (left := until - loop.time()) > 0:
            if await changes.wait(left) and (found := selection.found_in(journal)).entries:
                return found
    return selection.found_in(journal)


async def _events(selection: Selection, journal: Exchanges, stopping: asyncio.Event) -> Events:
    with _watched(selection, journal, stopping) as changes:
        yield _COMMENT
        if selection.since is not None:
            for entry in selection.found_in(journal):
                changes.note(entry)
        while not stopping.is_set():
            if not await changes.wait(HEARTBEAT):
                yield _COMMENT
            if dropped := changes.take_dropped():
                yield _event("dropped", {"dropped": dropped})
            for entry in changes.taken():
                yield _told(entry, journal)


class _Changes:
    """What fits of what has changed, and was not taken: the numbers of the entries, so that none is kept for
    it. Most changes do not fit what somebody waits for, and wake nobody.
    """

    def __init__(self, selection: Selection, journal: Exchanges) -> None:
        self._selection = selection
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._changed: list[int] = []
        self._pending: dict[int, None] = {}
        self._taken: Bounded[int, int] = Bounded(MOST_PENDING)
        self._dropped = 0
        self._woken = asyncio.Event()

    def hear(self, entry: Entry) -> None:
        """Look at an entry in a moment: one that was opened is not filled in yet."""
        if self._selection.key in {ANY_KEY, entry.http.key}:
            if not self._changed:
                self._loop.call_soon(self._look)
            self._changed.append(entry.number)

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

    def taken(self) -> Iterator[Entry]:
        """The entries that have changed, in that order. What changes meanwhile comes behind; what was over
        before it could be told that it began comes once.
        """
        while self._pending:
            number = next(iter(self._pending))
            del self._pending[number]
            entry = self._journal.entry(number)
            if entry and self._taken.get(number) != entry.change:
                self._taken.put(number, entry.change)
                yield entry

    def take_dropped(self) -> int:
        dropped, self._dropped = self._dropped, 0
        return dropped

    def _look(self) -> None:
        changed, self._changed = self._changed, []
        for entry in map(self._journal.entry, changed):
            if entry and self._selection.fits(entry):
                self.note(entry)


@contextmanager
def _watched(selection: Selection, journal: Exchanges, stopping: asyncio.Event) -> Iterator[_Changes]:
    changes = _Changes(selection, journal)
    stopped = asyncio.ensure_future(stopping.wait())
    stopped.add_done_callback(lambda _: changes.wake())
    try:
        with journal.heard_by(changes.hear):
            yield changes
    finally:
        stopped.cancel()


def _refuse_too_many(journal: Exchanges) -> None:
    if journal.listening >= MOST_WAITING:
        raise PageError(503, f"{MOST_WAITING:,} clients wait already; no more can.")


def _told(entry: Entry, journal: Exchanges) -> bytes:
    encoded = _encoded.setdefault(journal, Bounded(_ENCODED))
    name = "began" if entry.outcome == "open" else "over"
    return encoded.setdefault(
        entry.change, lambda: _event(name, exchange_outline(RecordedExchange(entry)), entry.change)
    )


def _event(name: str, data: object, number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json_text(data)}\n\n".encode(errors="replace")
