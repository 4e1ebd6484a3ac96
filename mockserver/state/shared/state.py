"""All that is kept of keys, on Redis: `mockserver.state.interface.State`, put together.

While Redis is lost, what needs it fails. What does not goes on: a key that has nothing set up, a conversation
whose turn follows from its messages. Its identity is then of this worker alone, and like no other.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any, Literal, TypeVar, Unpack

from mockserver.protocols.base import Stored
from mockserver.scenario.model import Scenario
from mockserver.setup import NO_SETUP, Setup, Written
from mockserver.state.interface import Changed, Counter, StateLostError
from mockserver.state.shared import errands
from mockserver.state.shared.asking import Address, Asking, hashed, mark
from mockserver.state.shared.codec import Known, dump_stored, load_stored
from mockserver.state.shared.contents import digest
from mockserver.state.shared.errands import Notes
from mockserver.state.shared.history import SharedHistory
from mockserver.state.shared.journal import SharedJournal
from mockserver.state.shared.journal_scripts import WITHDRAW
from mockserver.state.shared.limits import Ledgers, SharedLimits
from mockserver.state.shared.link import Link
from mockserver.state.shared.progress import SharedProgress
from mockserver.state.shared.scripts import (
    COUNT,
    DEFAULT,
    FORGET,
    GREET,
    KEEP,
    RECALL,
    SEEN,
    UNCOUNT,
    Bounds,
)
from mockserver.state.shared.setups import Parse, Setups, version_of
from mockserver.state.shared.workers import JOURNAL, SET_UP, STORED, Workers
from mockserver.store import Bounded

Result = TypeVar("Result")

_EDITIONS = 10_000
_LEDGERS = 1_000
_GLIMPSES = 1_000
_ALONE = 1 << 63
"""Above how often anything is seen: the numbers of a worker that cannot ask."""

_log = logging.getLogger("mockserver")


class SharedState:
    """`parse` reads scenarios that others have added."""

    is_shared = True
    mark = staticmethod(mark)

    @property
    def health(self) -> Literal["shared", "lost"]:
        return "shared" if self.link.is_up else "lost"

    def __init__(self, address: Address, parse: Parse, bounds: Bounds = DEFAULT) -> None:
        self.link = Link(address.url, address.timeout, self._greet)
        self._asking = Asking(self.link, address, bounds)
        self._setups = Setups(self._asking, parse)
        self._workers = Workers(
            self._asking,
            {SET_UP: self._setups.hear, JOURNAL: self._hear_journal, STORED: self._hear_stored},
            self._hear_again,
        )
        self._common: Callable[[], tuple[Scenario, ...]] = tuple
        self._named: Callable[[str], Scenario | None] = lambda _: None
        self.journal = SharedJournal(self._asking, self._workers, self._known)
        self._ledgers: Ledgers = Bounded(_LEDGERS)
        self._editions: Bounded[int, tuple[Scenario, str]] = Bounded(_EDITIONS)
        self._glimpsed: Bounded[tuple[str, str], Stored] = Bounded(_GLIMPSES)
        self._glimpses: Bounded[bytes, tuple[str, str]] = Bounded(_GLIMPSES)
        self._alone = count(1)
        self._counts = count(1)
        self._looks: set[asyncio.Future[Any]] = set()

    def _hear_journal(self, told: bytes) -> None:
        self.journal.hear(told)

    def _hear_again(self) -> None:
        self.journal.hear_again()
        if self.link.is_up:  # who greets it later is told all that is set up
            look = asyncio.ensure_future(self._know_setups())
            self._looks.add(look)
            look.add_done_callback(self._looked)

    async def _know_setups(self) -> None:
        (setups,) = await self.link.ask([("HGETALL", self._asking.name("setups"))])
        self._setups.know(setups)

    def find_in(
        self, common: Callable[[], tuple[Scenario, ...]], named: Callable[[str], Scenario | None]
    ) -> None:
        """Where the scenarios are that every key has."""
        self._common, self._named = common, named

    # --------------------------------------------------------------------------------------- errands

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Be connected while the context lasts, which begins when Redis is there, or cannot be had."""
        self._asking.worker = secrets.token_hex(6)
        tasks = [asyncio.create_task(self.link.run()), asyncio.create_task(self._workers.run())]
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(2 * self._asking.address.timeout):
                    await self.link.is_there()
                    await self._workers.are_reachable()
            yield
            await self.link.settled()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def run(self, act: Callable[[], Result]) -> Result:
        return await self._run(act, Notes())

    async def run_unset(self, key: str, act: Callable[[], Result]) -> Result:
        return await self._run(act, Notes(setups={key: (0, NO_SETUP)}))

    async def _run(self, act: Callable[[], Result], notes: Notes) -> Result:
        def errand() -> Result:
            try:
                result = act()
                self._tell(notes)
            except asyncio.CancelledError:
                for entry in notes.opened:
                    self.journal.leave(entry)
                raise
            except StateLostError:
                if notes.counted:
                    self.link.tell(notes.counted)
                raise
            return result

        return await errands.run(errand, notes)

    def _tell(self, notes: Notes) -> None:
        """Tell all that an errand has to tell, at once. StateLostError if what is needed is not kept."""
        told = [command() for command in notes.told]
        needed, notes.needed, notes.told = notes.needed, [], []
        if needed:
            kept = self.link.ask(needed)
            if told:
                self.link.tell(told)
            try:
                errands.wait(kept)
            except StateLostError:
                self.link.tell([self._asking.command(WITHDRAW, entry.uid) for entry in notes.opened])
                raise
        elif told:
            errands.wait(self.link.tell(told))

    async def _greet(self, link: Link) -> None:
        await self._asking.load_scripts()
        ((epoch, setups),) = await link.ask_first([self._asking.command(GREET, self._asking.new_epoch())])
        before, self._asking.epoch = self._asking.epoch, epoch.decode()
        if before and before != self._asking.epoch:
            _log.error("Redis at %s has lost what it kept: state begins anew", link.shown)
            self._ledgers = Bounded(_LEDGERS)
        self._setups.know(setups)

    def _known(self, key: str) -> Known:
        return Known(lambda version: self._setups.at(key, version).scenarios, self._common, self._named)

    # ---------------------------------------------------------------------------------------- set up

    @property
    def keys(self) -> tuple[str, ...]:
        return self._setups.keys()

    def setup(self, key: str) -> Setup:
        return self._setups.get(key)

    def add(
        self,
        key: str,
        scenarios: Sequence[Scenario],
        written: Written | None = None,
        *,
        first: bool = False,
    ) -> None:
        self._setups.add(key, scenarios, written, first=first)

    def remove(self, key: str, name: str) -> bool:
        return self._setups.remove(key, name)

    def alter(self, key: str, **changed: Unpack[Changed]) -> None:
        self._setups.alter(key, changed)

    def edition(self, scenario: Scenario, _: int = 0) -> str:
        known = self._editions.get(id(scenario))
        if known is None or known[0] is not scenario:
            known = scenario, digest(scenario)
            self._editions.put(id(scenario), known)
        return known[1]

    # --------------------------------------------------------------------------------------- counted

    def seen(self, key: str, fingerprint: bytes) -> int:
        try:
            seen, setup, epoch, opened = self._asking.ask(
                SEEN, hashed(key), fingerprint, self._asking.new_epoch()
            )
        except StateLostError:
            if self.health == "shared":
                raise
            return self._seen_alone()
        self._asking.epoch = epoch.decode()
        self._setups.note(key, version_of(setup))
        if opened:  # one of them may be over, and its client may have gone on to here with this request
            self.journal.catch_up(uid.decode() for uid in opened)
        return int(seen)

    def _seen_alone(self) -> int:
        return _ALONE | int(self._asking.worker[:8], 16) << 31 | next(self._alone) & 0x7FFF_FFFF

    def count(self, key: str, counter: Counter, by: int) -> int:
        scope, turn, said = counter
        name = f"{scope}\0{turn}\0{said.hex()}"
        once = hashed(key), name, by, f"{self._asking.worker}.{next(self._counts)}"
        if notes := errands.notes():
            notes.counted.append(self._asking.command(UNCOUNT, *once))
        return int(self._asking.ask(COUNT, *once))

    def memory(self, key: str) -> SharedHistory:
        return SharedHistory(self._asking, key, self.journal.catch_up)

    def ledger(self, key: str) -> SharedLimits:
        return SharedLimits(self._asking, key, self._ledgers)

    def played(self, key: str) -> SharedProgress:
        return SharedProgress(self._asking, key, self.edition)

    # ---------------------------------------------------------------------------------------- stored

    def recall(self, key: str, name: str) -> Stored | None:
        if errands.notes() is None:
            return self._glimpse(key, name)
        text = self._asking.ask(RECALL, hashed(key), _encoded(name))
        stored = None if text is None else load_stored(text)
        self._note_glimpse(key, name, stored)
        return stored

    def keep(self, key: str, name: str, stored: Stored, weight: int) -> None:  # noqa: ARG002 - that of JSON
        self._asking.note(KEEP, hashed(key), _encoded(name), dump_stored(stored))
        self._note_glimpse(key, name, stored)

    def keep_later(self, key: str, name: str, make: Callable[[], Stored], weight: int) -> None:
        self.keep(key, name, make(), weight)

    def weight(self, key: str, name: str) -> int:  # noqa: ARG002 - it is the same for all
        """Nothing: what is stored is weighed as it is stored."""
        return 0

    def kept(self, key: str, prefix: str) -> list[str]:
        (told,) = self._asking.ask_all([("ZRANGE", self._asking.name(f"k:{hashed(key)}:stored"), 0, -1)])
        names = (name.decode(errors="surrogatepass") for name in told)
        return [name for name in names if name.startswith(prefix)]

    def forget(self, key: str, name: str) -> bool:
        self._note_glimpse(key, name, None)
        return bool(self._asking.ask(FORGET, hashed(key), _encoded(name)))

    def reset(self, key: str) -> None:
        self._setups.reset(key)

    def _glimpse(self, key: str, name: str) -> Stored | None:
        """What was stored when somebody looked last: for an answer on its way, which cannot wait. It is
        looked for again, so that it sees what has changed a moment later.
        """
        self._glimpses.put(f"{hashed(key)} {name}".encode(errors="surrogatepass"), (key, name))
        self._look_again(key, name)
        return self._glimpsed.get((key, name))

    def _hear_stored(self, told: bytes) -> None:
        """What an answer on its way has looked at was stored anew: such as a response that was cancelled."""
        if glimpse := self._glimpses.get(told):
            self._look_again(*glimpse)

    def _look_again(self, key: str, name: str) -> None:
        look = asyncio.ensure_future(self.run(lambda: self.recall(key, name)))
        self._looks.add(look)
        look.add_done_callback(self._looked)

    def _looked(self, look: asyncio.Future[Any]) -> None:
        self._looks.discard(look)
        if not look.cancelled():
            look.exception()

    def _note_glimpse(self, key: str, name: str, stored: Stored | None) -> None:
        if stored is None:
            self._glimpsed.drop((key, name))
        else:
            self._glimpsed.put((key, name), stored)


def _encoded(name: str) -> bytes:
    return name.encode(errors="surrogatepass")
