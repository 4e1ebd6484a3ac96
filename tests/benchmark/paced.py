"""How punctual thousands of paced streams are at once.

Each stream has a hundred pieces, one each 50 ms. The error of a gap is how far a piece was from when it was
due, early or late: as the clients see it, when its bytes came in, counted from when the first byte of the
same stream did; as the server sees it, when it was written, counted from when the request came in, by the
steps in its journal. Nothing drifts unseen: the piece behind the tenth gap is due half a second after the
beginning, however long the gaps before were.

All are connected before the first asks. They ask evenly over some seconds, then all are open at once; every
piece counts, those of the first seconds too. The clients do not sleep: on virtual machines, waking the core
of a client costs the server several times what the write does. In real time they do, since the core is awake
with what others do, and who never sleeps is stopped by the system.
"""

from __future__ import annotations

import asyncio
import gc
import os
import time
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import orjson
import uvloop

from .loads import Counted, requests_of
from .report import Beside, Figure, Samples
from .rounds import BARE, Bench, chunked, constant, usual
from .servers import BenchmarkError, Server
from .wires import Ask

PIECES = 100
GAP = 0.05
RAMP = 3.0
SECONDS_TO_END = 30.0
_PAGE = 1_000
_WORD = b"word"
_TARGETS = {1_000: "≤ 5 ms", 5_000: "≤ 25 ms"}


@dataclass(frozen=True, slots=True)
class Lateness:
    """|actual - due| of many pieces, in milliseconds."""

    p50: float
    p99: float
    worst: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Lateness:
        ordered = sorted(abs(late) * 1000 for late in seconds)
        last = len(ordered) - 1
        return cls(ordered[last // 2], ordered[last * 99 // 100], ordered[last]) if ordered else cls(0, 0, 0)


class Reader(asyncio.Protocol):
    """Notes when the first byte of a stream came in, and each word of the reply."""

    def __init__(self) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.began = 0.0
        self.came = array("d")
        self._tail = b""

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self.began = self.began or now
        data = self._tail + data
        self.came.extend([now] * data.count(_WORD))
        self._tail = data[-len(_WORD) + 1 :]  # may be the beginning of a word
        if len(self.came) >= PIECES and not self.ended.done():
            self.ended.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(BenchmarkError(f"a stream ended after {len(self.came)} pieces"))

    @property
    def late(self) -> Iterator[float]:
        """Of each piece, in seconds. At the end of some streams the words are told once more."""
        return (came - self.began - number * GAP for number, came in enumerate(self.came[:PIECES]))


async def read_all(server: Server, ask: Ask, count: int, ramp: float) -> list[Reader]:
    """The readers, once all their streams have ended."""
    loop = asyncio.get_running_loop()
    requests = requests_of(server, ask)
    connections = [await loop.create_connection(Reader, "127.0.0.1", server.port) for _ in range(count)]
    began = loop.time()

    async def read(number: int) -> Reader:
        transport, reader = connections[number]
        await asyncio.sleep(began + ramp * number / count - loop.time())
        transport.write(next(requests))
        await reader.ended
        return reader

    def stay_awake() -> None:
        loop.call_soon(stay_awake)

    if os.sched_getscheduler(0) == os.SCHED_OTHER:
        stay_awake()
    async with asyncio.timeout(ramp + PIECES * GAP + SECONDS_TO_END):
        readers = await asyncio.gather(*map(read, range(count)))
    for transport, _ in connections:
        transport.abort()
    return readers


@dataclass(frozen=True, slots=True)
class Measured:
    """One run, as the clients saw it."""

    lateness: Lateness
    counted: Counted


def measure(server: Server, ask: Ask, count: int, ramp: float) -> Measured:
    began, used = time.perf_counter(), server.seconds_of_cpu()
    gc.disable()  # as many objects as there are streams would be gone through while these come in
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            readers = runner.run(read_all(server, ask, count, ramp))
    except TimeoutError:
        raise BenchmarkError(f"{server.name} has not ended {count} streams in time") from None
    finally:
        gc.enable()
    taken, cpu = time.perf_counter() - began, server.seconds_of_cpu() - used
    late = (each for reader in readers for each in reader.late)
    return Measured(Lateness.of(late), Counted(count * PIECES, taken, cpu))


def told_by_journal(server: Server) -> Lateness:
    """What the server noted of the paced streams that it has not forgotten."""
    late: list[float] = []
    latest = 0
    while True:
        page = orjson.loads(server.get(f"/_mock/requests?scenario=paced&limit={_PAGE}&since={latest}"))
        if not page["requests"]:
            return Lateness.of(late)
        steps = (step for entry in page["requests"] for step in entry["steps"])
        late += [step["done"] - step["due"] for step in steps if step["kind"] == "send"]
        latest = page["latest"]


def paced(bench: Bench) -> Iterator[Figure]:
    """Paced streams at once, a piece each 50 ms: the error of the gaps."""
    wire = bench.wires[0]
    ask = wire.ask("Count slowly", stream=True)
    ramp = bench.scale * RAMP
    for count in bench.streams:
        with bench.running(usual(), ask=wire.ask("Hello there")) as (server,):
            its = measure(server, ask, count, ramp)
            noted = told_by_journal(server)
            answer = server.ask(wire.ask("Count to twenty", stream=True))
        event = chunked(constant(ask, answer)).chunks[0]
        bare = bench.bare([replace(constant(ask, answer), body="", chunks=(event,) * PIECES, gap=GAP)])
        with Server(bare, bench.cores) as server:
            server.wait_until_open()
            beside = measure(server, ask, count, ramp)
        yield from _figures(count, _TARGETS.get(count, ""), its, noted, beside)


def _figures(count: int, target: str, its: Measured, noted: Lateness, beside: Measured) -> Iterator[Figure]:
    seen, bare = its.lateness, beside.lateness
    costs = Samples.of(its.counted.cost), Samples.of(beside.counted.cost)

    def figure(what: str, ours: float, others: float, target: str = "") -> Figure:
        base = Beside(BARE, Samples.of(others), costs[1])
        told = f"{count:,} streams, error of the gaps, {what}"
        return Figure("paced", told, "ms", Samples.of(ours), base, costs[0], target)

    yield figure("p50", seen.p50, bare.p50)
    yield figure("p99", seen.p99, bare.p99, target)
    yield figure("most", seen.worst, bare.worst)
    yield figure("p99 as the server sees it", noted.p99, bare.p99)
