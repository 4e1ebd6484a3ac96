"""What workers tell each other at once, through Redis: what was set up or stored anew, what has changed in
the journal, and that they have told all they know to who has asked.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import count

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from mockserver.state.interface import StateLostError
from mockserver.state.shared.asking import Asking

SET_UP = "s"
JOURNAL = "j"
STORED = "t"

_AGAIN = 0.5
"""Seconds after which a worker that has not answered is asked again."""
_SILENCE = 1.0
"""Seconds for which nobody is asked who did not listen."""
_PAUSE = 0.1


class Workers:
    """`heard` is given what comes on each channel; `again` is called when some may have been missed."""

    def __init__(
        self, asking: Asking, heard: Mapping[str, Callable[[bytes], None]], again: Callable[[], None]
    ) -> None:
        self._asking = asking
        self._again = again
        self._heard = {asking.name(channel).encode(): hear for channel, hear in heard.items()}
        self._redis = Redis.from_url(
            asking.address.url,
            socket_connect_timeout=asking.address.timeout,
            socket_timeout=None,
            protocol=2,
        )
        self._connection: AbstractConnection | None = None
        self._is_wanted = False
        self._is_reachable = asyncio.Event()
        self._is_listening = asyncio.Event()
        self._tokens = count(1)
        self._asked: dict[str, asyncio.Event] = {}
        self._silent: dict[str, float] = {}  # until when they are not asked again
        self._tasks: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------------------------------------- ask

    def away(self, workers: Iterable[str]) -> set[str]:
        """Those of the workers that may know what is not told yet: what this one knows is told in its order,
        and the dead, which do not listen, know nothing.
        """
        now = asyncio.get_running_loop().time()
        others = set(workers) - {self._asking.worker}
        return {each for each in others if self._silent.get(each, 0) < now}

    async def catch_up(self, workers: Iterable[str]) -> None:
        """Wait until these workers have told all they knew; not for those that have died, and at most
        for as long as Redis may take to answer this one and them.
        """
        await asyncio.gather(*map(self._catch_up, workers))

    async def _catch_up(self, worker: str) -> None:
        token = str(next(self._tokens))
        answered = self._asked[token] = asyncio.Event()
        try:
            async with asyncio.timeout(2 * self._asking.address.timeout):
                while not answered.is_set():
                    await self._ask(worker, token, answered)
        except (TimeoutError, StateLostError):
            pass
        finally:
            del self._asked[token]

    async def _ask(self, worker: str, token: str, answered: asyncio.Event) -> None:
        """Ask a worker, and wait for a while: it may have died before it has answered."""
        channel = self._asking.name(f"w:{worker}")
        question = f"? {self._asking.worker} {token}"
        (heard,) = await self._asking.link.ask([("PUBLISH", channel, question)])
        if not heard:
            self._silent[worker] = asyncio.get_running_loop().time() + _SILENCE
            answered.set()
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_AGAIN):
                await answered.wait()

    def _hear(self, told: bytes) -> None:
        kind, *words = told.decode().split(" ")
        if kind == "?":
            task = asyncio.ensure_future(self._answer(*words))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif asked := self._asked.get(words[0]):
            asked.set()

    async def _answer(self, worker: str, token: str) -> None:
        await self._asking.link.settled()
        self._asking.link.tell([("PUBLISH", self._asking.name(f"w:{worker}"), f"! {token}")])

    # ---------------------------------------------------------------------------------------- listen

    async def are_reachable(self) -> None:
        """Wait until this one hears what others ask it: who does not is taken for dead."""
        await self._is_reachable.wait()

    async def listen(self, *, is_wanted: bool) -> None:
        """Be told of changes in the journal from when this returns, or no more."""
        self._is_wanted = is_wanted
        if self._connection is None:
            return
        await self._connection.send_command(
            "SUBSCRIBE" if is_wanted else "UNSUBSCRIBE", self._asking.name(JOURNAL), check_health=False
        )
        if is_wanted:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._asking.address.timeout):
                    await self._is_listening.wait()
        else:
            self._is_listening.clear()

    async def run(self) -> None:
        """Listen, again and again, until cancelled."""
        self._heard[self._own] = self._hear
        try:
            while True:
                with suppress(RedisError, OSError, TimeoutError):
                    await self._listen()
                await asyncio.sleep(_PAUSE)
        finally:
            await self._redis.aclose()

    async def _listen(self) -> None:
        connection = self._redis.connection_pool.make_connection()  # type: ignore[no-untyped-call]  # of redis
        try:
            await connection.connect()
            channels = [name for name in self._heard if self._is_wanted or name != self._journal]
            await connection.send_command("SUBSCRIBE", *channels, check_health=False)
            self._connection = connection
            self._again()
            while True:
                kind, channel, told = await connection.read_response(timeout=math.inf)
                if kind == b"message":
                    self._heard[channel](told)
                elif kind == b"subscribe" and channel == self._journal:
                    self._is_listening.set()
                elif kind == b"subscribe" and channel == self._own:
                    self._is_reachable.set()
        finally:
            self._connection = None
            self._is_reachable.clear()
            self._is_listening.clear()
            await connection.disconnect(nowait=True)

    @property
    def _own(self) -> bytes:
        """The channel on which others ask this one."""
        return self._asking.name(f"w:{self._asking.worker}").encode()

    @property
    def _journal(self) -> bytes:
        return self._asking.name(JOURNAL).encode()
