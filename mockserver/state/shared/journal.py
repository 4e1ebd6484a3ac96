"""The journal, shared: every exchange of all workers, as an entry under a name of its own.

An entry is there before the first byte of its answer, and is closed behind the last. Who reads one that is
open has its worker tell first what it knows, so that nobody sees less than a client has seen. While Redis is
lost, entries are kept by their worker, and told when it is back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from typing import Any

from mockserver.conversation import Http
from mockserver.journal.entries import Entry, Listener
from mockserver.setup import NO_SETUP
from mockserver.state.shared import errands
from mockserver.state.shared.asking import Asking, hashed
from mockserver.state.shared.codec import Known, SharedEntry, dump_entry, dump_outcome, load_entry
from mockserver.state.shared.journal_scripts import CLEAR, CLOSE, OPEN
from mockserver.state.shared.link import Command
from mockserver.state.shared.workers import Workers
from mockserver.store import Bounded

_CACHED = 10_000
_CACHED_BYTES = 32 * 1024 * 1024
_AT_ONCE = 200


class SharedJournal:
    """`known` tells how the scenarios of a key are found again."""

    def __init__(self, asking: Asking, workers: Workers, known: Callable[[str], Known]) -> None:
        self._asking = asking
        self._workers = workers
        self._known = known
        self._numbers = count(1)
        self._listeners: list[tuple[Listener, str | None]] = []
        self._closed: Bounded[str, SharedEntry] = Bounded(_CACHED, _CACHED_BYTES)

    # ------------------------------------------------------------------------------------------ write

    def open(self, http: Http, protocol: str) -> Entry:
        entry = SharedEntry(http, protocol, uid=f"{self._asking.worker}.{next(self._numbers)}")
        if notes := errands.notes():
            entry.setup, setup = notes.setups.get(http.key, (0, NO_SETUP))
            entry.own = setup.scenarios
            notes.opened.append(entry)
            notes.told.append(partial(self._opening, entry))
        else:
            self._asking.link.tell([self._opening(entry)])
        return entry

    def close(self, entry: Entry) -> None:
        assert isinstance(entry, SharedEntry)  # noqa: S101 - it was opened here
        notes = errands.notes()
        if notes and any(entry is opened for opened in notes.opened):  # inside another, and not told yet
            notes.told.append(partial(self._closing, entry))
        else:
            self._asking.link.tell([self._closing(entry)])

    def leave(self, entry: SharedEntry) -> None:
        """Tell all of an exchange whose client has left while it was decided."""
        if entry.outcome == "open":
            entry.outcome = "left"
            self._asking.link.tell([self._opening(entry), self._closing(entry)])

    def _opening(self, entry: SharedEntry) -> Command:
        body = entry.http.body
        return self._asking.command(
            OPEN, entry.uid, hashed(entry.http.key), len(body), dump_entry(entry), body, b""
        )

    def _closing(self, entry: SharedEntry) -> Command:
        weight = len(entry.http.body) + entry.steps_weight
        is_whole = int(entry.outcome == "complete")
        return self._asking.command(
            CLOSE, entry.uid, hashed(entry.http.key), weight, dump_outcome(entry), is_whole
        )

    def clear(self, key: str) -> None:
        """Forget the entries of a key, those too that are still on their way to Redis."""
        self._asking.ask(CLEAR, hashed(key))

    # ------------------------------------------------------------------------------------------- read

    @property
    def latest(self) -> int:
        (told,) = self._asking.ask_all([("GET", self._asking.name("j:changes"))])
        return int(told or 0)

    @property
    def listening(self) -> int:
        return len(self._listeners)

    def entry(self, number: int) -> Entry | None:
        name = self._asking.name("j:all")
        (uids,) = self._asking.ask_all([("ZRANGEBYSCORE", name, number, number)])
        return next(iter(self._read(uids)), None)

    def entries(self, key: str | None = None) -> list[Entry]:
        """The entries of one key, or of all, oldest first."""
        name = self._asking.name("j:all" if key is None else f"j:k:{hashed(key)}")
        (uids,) = self._asking.ask_all([("ZRANGE", name, 0, -1)])
        read = self._read(uids)
        if unsure := [entry.uid for entry in read if entry.outcome == "open"]:
            self.catch_up(unsure)
            read = self._read(uids)
        return [*read]

    def catch_up(self, uids: Iterable[str]) -> None:
        """Have the workers of these entries tell what they know of them."""
        workers = {uid.partition(".")[0] for uid in uids}
        if away := self._workers.away(workers):
            errands.wait(self._workers.catch_up(away))

    def _read(self, uids: Iterable[bytes]) -> list[SharedEntry]:
        names = [uid.decode() for uid in uids]
        found = {name: entry for name in names if (entry := self._closed.get(name))}
        missing = [name for name in names if name not in found]
        for at in range(0, len(missing), _AT_ONCE):
            some = missing[at : at + _AT_ONCE]
            commands: list[Command] = [
                ("HMGET", self._asking.name(f"j:e:{name}"), "n", "c", "o", "b", "x") for name in some
            ]
            for name, told in zip(some, self._asking.ask_all(commands), strict=True):
                if told[0] is not None:
                    found[name] = self._decoded(name, told)
        return [found[name] for name in names if name in found]

    def _decoded(self, uid: str, told: Sequence[Any]) -> SharedEntry:
        number, change, text, body, outcome = told
        entry = load_entry(text, body, outcome, self._known)
        entry.uid, entry.number, entry.change = uid, int(number), int(change)
        if outcome:
            self._closed.put(uid, entry, len(text) + len(body))
        return entry

    # ------------------------------------------------------------------------------------------- hear

    @asynccontextmanager
    async def heard_by(self, listener: Listener, key: str | None) -> AsyncIterator[None]:
        heard = listener, None if key is None else hashed(key)
        self._listeners.append(heard)
        try:
            await self._workers.listen(is_wanted=True)
            yield
        finally:
            self._listeners.remove(heard)
            if not self._listeners:
                await self._workers.listen(is_wanted=False)

    def hear(self, told: bytes) -> None:
        number, _, kd = told.decode().partition(" ")
        for listener, wanted in tuple(self._listeners):
            if wanted is None or wanted == kd:
                listener(int(number))

    def hear_again(self) -> None:
        """What came meanwhile was not heard."""
        for listener, _ in tuple(self._listeners):
            listener(0)
