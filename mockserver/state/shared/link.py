"""The connection of one worker to Redis: it carries all commands, those of one turn of the loop at once.

While Redis is lost nothing waits for it: what is asked fails at once, and what has only to be told is kept,
at most so much of it, and told when Redis is back. It is looked for all the time.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import field
from typing import Any, TypeAlias

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError, ResponseError

from mockserver.state.interface import StateLostError
from mockserver.values import dataclass

Command: TypeAlias = tuple[str | bytes | int, ...]
Replies: TypeAlias = list[Any]

TIMEOUT = 0.5
"""Seconds in which Redis must have answered, where nothing else is said; else it is lost."""
_LOOKS = 0.1
_MOST_KEPT = 20_000
_MOST_KEPT_BYTES = 64 * 1024 * 1024
"""How many batches are kept for a Redis that is lost, and how many bytes; the oldest go first."""

_log = logging.getLogger("mockserver")


@dataclass(slots=True)
class _Batch:
    """Commands and what waits for their replies. `lasts` tells that they are told again to a Redis that was
    lost before it has answered; whoever waits does not wait for that.
    """

    commands: Sequence[Command]
    lasts: bool
    future: asyncio.Future[Replies]
    replies: Replies = field(default_factory=list)
    sent: float = 0

    @property
    def weight(self) -> int:
        """In bytes, of what may be long."""
        return sum(len(each) for command in self.commands for each in command if isinstance(each, bytes))


class Link:
    """`greet` is done first on every new connection, before anything else is asked or told."""

    def __init__(self, url: str, timeout: float, greet: Callable[[Link], Awaitable[None]]) -> None:
        self._timeout = timeout
        self._greet = greet
        self._redis = Redis.from_url(
            url,
            socket_connect_timeout=timeout,
            socket_timeout=None,
            protocol=2,
            encoding_errors="surrogatepass",  # what clients send may hold half a letter
        )
        self.shown = _shown(url)
        self.is_up = False
        self.reason = "it was not asked yet"
        self._unsent: deque[_Batch] = deque()
        self._unanswered: deque[_Batch] = deque()
        self._kept: deque[_Batch] = deque()
        self._kept_bytes = 0
        self._answered = 0.0
        self._some = asyncio.Event()
        self._is_there = asyncio.Event()

    # --------------------------------------------------------------------------------- commands

    def ask(self, commands: Sequence[Command]) -> asyncio.Future[Replies]:
        """The replies to commands. StateLostError if Redis cannot be asked, now or while it answers."""
        if not self.is_up:
            raise self.lost()
        return self.ask_first(commands)

    def ask_first(self, commands: Sequence[Command]) -> asyncio.Future[Replies]:
        """The same for who greets: nobody else waits for a Redis that may be lost still."""
        batch = _Batch(commands, lasts=False, future=asyncio.get_running_loop().create_future())
        batch.future.add_done_callback(_noticed)
        self._send(batch)
        return batch.future

    def tell(self, commands: Sequence[Command]) -> asyncio.Future[Replies]:
        """Tell commands that can be told later if Redis is lost, and more than once; without replies then."""
        batch = _Batch(commands, lasts=True, future=asyncio.get_running_loop().create_future())
        if self.is_up:
            self._send(batch)
        else:
            self._keep(batch)
        return batch.future

    def lost(self) -> StateLostError:
        return StateLostError(
            f"The shared state of this mock server cannot be reached: Redis at {self.shown} is lost "
            f"({self.reason}). What needs it is refused until it is back."
        )

    def _send(self, batch: _Batch) -> None:
        self._unsent.append(batch)
        self._some.set()

    def _keep(self, batch: _Batch) -> None:
        self._kept.append(batch)
        self._kept_bytes += batch.weight
        while len(self._kept) > _MOST_KEPT or self._kept_bytes > _MOST_KEPT_BYTES:
            self._kept_bytes -= self._kept.popleft().weight
        if not batch.future.done():
            batch.future.set_result([])

    # ------------------------------------------------------------------------------- connection

    async def run(self) -> None:
        """Be connected, again and again, until cancelled."""
        try:
            while True:
                await self._connect()
                await asyncio.sleep(_LOOKS)
        finally:
            self._give_up("the server stops")
            await self._redis.aclose()

    async def settled(self) -> None:
        """Wait until all is answered that was told so far; not for a Redis that is lost."""
        waiting = [batch.future for batch in (*self._unanswered, *self._unsent)]
        if waiting:
            await asyncio.wait(waiting, timeout=self._timeout)

    async def is_there(self) -> None:
        """Wait until Redis is there."""
        await self._is_there.wait()

    async def _connect(self) -> None:
        connection = self._redis.connection_pool.make_connection()  # type: ignore[no-untyped-call]  # of redis
        tasks: list[asyncio.Task[None]] = []
        try:
            async with asyncio.timeout(2 * self._timeout):
                await connection.connect()
            tasks = [asyncio.create_task(act(connection)) for act in (self._read, self._write)]
            tasks.append(asyncio.create_task(self._watch()))
            tasks.append(asyncio.create_task(self._come_up()))
            greeting = tasks[-1]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if done == {greeting} and not greeting.exception():
                done, _ = await asyncio.wait(tasks[:-1], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except (RedisError, OSError, TimeoutError, StateLostError, EOFError) as error:
            self._lose(_reason(error))
        except Exception as error:  # noqa: BLE001 - Redis must be looked for again after a bug, too
            _log.exception("a bug in how Redis is spoken to")
            self._lose(_reason(error))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with suppress(Exception):
                await connection.disconnect(nowait=True)

    async def _come_up(self) -> None:
        await self._greet(self)
        if self.reason:
            _log.warning("Redis at %s is there: state is shared", self.shown)
        self.is_up, self.reason = True, ""
        self._is_there.set()
        kept, self._kept, self._kept_bytes = self._kept, deque(), 0
        for batch in kept:
            self._send(_Batch(batch.commands, lasts=True, future=asyncio.get_running_loop().create_future()))

    async def _write(self, connection: AbstractConnection) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._some.wait()
            self._some.clear()
            batches, self._unsent = self._unsent, deque()
            now = loop.time()
            for batch in batches:
                batch.sent = now
            self._unanswered += batches
            commands = [command for batch in batches for command in batch.commands]
            await connection.send_packed_command(connection.pack_commands(commands), check_health=False)

    async def _read(self, connection: AbstractConnection) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                reply = await connection.read_response(timeout=math.inf)
            except ResponseError as error:
                if "NOSCRIPT" in str(error) or "NOAUTH" in str(error) or "LOADING" in str(error):
                    raise
                reply = error
            self._answered = loop.time()
            batch = self._unanswered[0]
            batch.replies.append(reply)
            if len(batch.replies) == len(batch.commands):
                self._unanswered.popleft()
                _answer(batch)

    async def _watch(self) -> None:
        """TimeoutError once an answer is overdue: much that is told at once takes its time, and so does a
        loop that was held up itself.
        """
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(_LOOKS)
            now = loop.time()
            since = max(self._unanswered[0].sent, self._answered) if self._unanswered else now
            is_overdue = now - since > self._timeout
            if is_overdue and now - before < 2 * _LOOKS:
                raise TimeoutError(f"no answer within {self._timeout:g} s")

    def _lose(self, reason: str) -> None:
        if self.is_up or not self.reason or self.reason == "it was not asked yet":
            _log.error("Redis at %s is lost: %s", self.shown, reason)
        self._give_up(reason)

    def _give_up(self, reason: str) -> None:
        self.is_up, self.reason = False, reason
        self._is_there.clear()
        batches = (*self._unanswered, *self._unsent)
        self._unanswered, self._unsent = deque(), deque()
        for batch in batches:
            if batch.lasts:
                self._keep(_Batch(batch.commands, lasts=True, future=batch.future))
            elif not batch.future.done():
                batch.future.set_exception(self.lost())


def _answer(batch: _Batch) -> None:
    if batch.future.done():
        return
    error = next((reply for reply in batch.replies if isinstance(reply, ResponseError)), None)
    if error is None:
        batch.future.set_result(batch.replies)
    elif batch.lasts:
        _log.error("Redis refuses what it was told: %s", error)
        batch.future.set_result([])
    else:
        _log.error("Redis refuses what it was asked: %s", error)
        batch.future.set_exception(StateLostError(f"Redis refuses what this mock server asks of it: {error}"))


def _noticed(future: asyncio.Future[Replies]) -> None:
    """Whoever waited for it may be gone."""
    if not future.cancelled():
        future.exception()


def _reason(error: BaseException) -> str:
    return str(error).strip() or type(error).__name__


def _shown(url: str) -> str:
    """The address without what is secret in it."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('?')[0].rpartition('@')[2]}"
