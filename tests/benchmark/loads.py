"""What is done to a server and counted: asking it on many connections at once, for a while or so often.

By wrk, or by a client of our own on uvloop, which reads streams and holds conversations too.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import uvloop

from .parsing import Answers, WrongAnswerError
from .servers import BenchmarkError, Server
from .wires import NUMBER, Ask, Wire

CONNECTIONS = 32
_SCRIPT = Path(__file__).parent / "ask.lua"
_PER_RUN = 10_000_000
_runs = itertools.count(1)

NO_WRK = (
    "wrk is not installed, and JSON is measured with it: `apt-get install wrk` (Debian, Ubuntu) or "
    "`brew install wrk`; or take the client of our own, which is slower: `--client own`"
)


@dataclass(frozen=True, slots=True)
class Counted:
    """`cpu` is the CPU time of the server, all times in seconds."""

    answers: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def cost(self) -> float:
        """Microseconds of the server's CPU time an answer."""
        return self.cpu / self.answers * 1e6


Load = Callable[[Server, Ask, float], Counted]
"""Asks a server for so many seconds."""


def _fresh_number() -> int:
    """A number behind which no run before has come: no body of it was seen before."""
    return next(_runs) * _PER_RUN


# ------------------------------------------------------------------------------------------------- wrk


def require_wrk() -> None:
    if not shutil.which("wrk"):
        raise BenchmarkError(NO_WRK)


def by_wrk(server: Server, ask: Ask, seconds: float) -> Counted:
    """Ask by wrk. It takes whole seconds, so it is told when to stop."""
    with tempfile.TemporaryDirectory() as folder:
        request = Path(folder) / "request"
        request.write_bytes(server.contender.asked(ask).bytes)
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", "-d60", "-s", str(_SCRIPT)]
        command += [
            f"http://127.0.0.1:{server.port}",
            "--",
            str(request),
            NUMBER.decode(),
            str(_fresh_number()),
        ]
        before = server.seconds_of_cpu()
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        time.sleep(seconds)
        running.send_signal(2)
        told, _ = running.communicate(timeout=60)
        used = server.seconds_of_cpu() - before
    (line,) = [line for line in told.splitlines() if line.startswith("DONE ")] or [told]
    match line.split():
        case ["DONE", answers, microseconds, "0", "0"] if answers != "0":
            return Counted(int(answers), int(microseconds) / 1e6, used)
        case _:
            raise BenchmarkError(f"{server.name} at {ask.path}, told by wrk: {told}")


# --------------------------------------------------------------------------------------- the own client


class _Run:
    """Many connections that ask, until the time is over or so much is asked for; 0 is without an end. It is
    over when all that was asked is answered.
    """

    def __init__(self, connections: int, most: int) -> None:
        self.done = 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._most = most
        self._asking = connections
        self._goes_on = True

    def expire(self) -> None:
        self._goes_on = False

    def answered(self) -> bool:
        """One more is done; whether to ask again."""
        self.done += 1
        if (self._goes_on and not self._most) or self.done + self._asking <= self._most:
            return True
        self._asking -= 1
        if not self._asking and not self.over.done():
            self.over.set_result(None)
        return False

    def fail(self, error: Exception) -> None:
        if not self.over.done():
            self.over.set_exception(error)


class Asker(asyncio.Protocol):
    """Asks again as soon as an answer is over."""

    def __init__(self, run: _Run, requests: Iterator[bytes]) -> None:
        self._run = run
        self._requests = requests
        self._answers = Answers()

    def begin(self, transport: asyncio.Transport) -> None:
        self._write = transport.write
        self._write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        try:
            if self._answers.feed(data) and self._run.answered():
                self._write(next(self._requests))
        except WrongAnswerError as error:
            self._run.fail(error)

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.fail(WrongAnswerError(f"the connection was lost: {exc}"))


class RoundTripper(Asker):
    """Asks for the weather and hands back what the tool told, again and again. Both together count as one."""

    def __init__(self, run: _Run, wire: Wire, head: Callable[[bytes], bytes]) -> None:
        self._wire = wire
        self._head = head
        self._body = wire.weather()
        self._first = head(orjson.dumps(self._body))
        self._is_first = True
        super().__init__(run, itertools.repeat(self._first))
        self._answers = Answers(keeps=True)

    def data_received(self, data: bytes) -> None:
        try:
            if not self._answers.feed(data):
                return
        except WrongAnswerError as error:
            self._run.fail(error)
            return
        if self._is_first:
            back = self._wire.hand_back(self._body, orjson.loads(self._answers.body))
            self._write(self._head(orjson.dumps(back)))
        elif self._run.answered():
            self._write(self._first)
        self._is_first = not self._is_first


def requests_of(server: Server, ask: Ask) -> Iterator[bytes]:
    """What is sent, without an end; each time with another number where there is one."""
    before, found, after = server.contender.asked(ask).bytes.partition(NUMBER)
    if not found:
        return itertools.repeat(before)
    numbers = itertools.count(_fresh_number())
    return (b"%b%010d%b" % (before, number, after) for number in numbers)


def _counted(
    server: Server, connect: Callable[[_Run], Asker], seconds: float, connections: int, most: int = 0
) -> Counted:
    async def ask() -> Counted:
        loop, run = asyncio.get_running_loop(), _Run(connections, most)
        opened = [
            await loop.create_connection(lambda: connect(run), "127.0.0.1", server.port)
            for _ in range(connections)
        ]
        used, began = server.seconds_of_cpu(), time.perf_counter()
        for transport, asker in opened:
            asker.begin(transport)
        loop.call_later(seconds, run.expire)
        await run.over
        counted = Counted(run.done, time.perf_counter() - began, server.seconds_of_cpu() - used)
        for transport, _ in opened:
            transport.abort()
        return counted

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(ask())
        except WrongAnswerError as error:
            raise BenchmarkError(f"{server.name}: {error}") from None


def by_own_client(
    server: Server, ask: Ask, seconds: float, connections: int = CONNECTIONS, most: int = 0
) -> Counted:
    """Ask for that long, or until so many are answered."""
    requests = requests_of(server, ask)
    return _counted(server, lambda run: Asker(run, requests), seconds, connections, most)


def round_trips(server: Server, wire: Wire, seconds: float) -> Counted:
    """Two requests each: a tool is called, its result is handed back as it was asked for."""

    def head(body: bytes) -> bytes:
        return server.contender.asked(Ask(wire.path, body)).bytes

    return _counted(server, lambda run: RoundTripper(run, wire, head), seconds, CONNECTIONS)
