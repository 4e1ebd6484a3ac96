"""Cases of what the process takes: time to start, and memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import uvloop

from mockserver.assembly import builtin_folder

from .cases import HELLO, TWENTY, write_scenarios
from .loads import by_own_client, requests_of
from .report import Beside, Figure, Samples
from .rounds import BARE, Bench, chunked, constant, usual
from .servers import BenchmarkError, Contender, Server, ours
from .wires import Ask

MEGABYTE = 1e6
_SECONDS_TO_SETTLE = 0.5
_SECONDS_TO_OPEN = 60.0
_SECONDS_TO_LOAD = 2.5
"""In which a server that is not asked loads what it did not need to answer the first request."""


@dataclass(frozen=True, slots=True)
class Started:
    """How a server began: milliseconds to its first answer, microseconds of CPU time, and the megabytes that
    it has then, doing nothing.
    """

    taken: Samples
    cpu: Samples
    size: Samples


def _started(bench: Bench, ask: Ask, *contenders: Contender) -> Iterator[Started]:
    """How each begins, started in turns."""
    found: dict[str, list[tuple[float, float, float]]] = {contender.name: [] for contender in contenders}
    for _ in range(bench.rounds):
        for contender in contenders:
            with Server(contender, bench.cores) as server:
                taken, cpu = server.wait_for(ask) * 1e3, server.seconds_of_cpu() * 1e6
                time.sleep(_SECONDS_TO_LOAD)
                found[contender.name].append((taken, cpu, server.resident() / MEGABYTE))
    for rounds in found.values():
        yield Started(*map(Samples, zip(*rounds, strict=True)))


def start(bench: Bench) -> Iterator[Figure]:
    """From the start of the process to its first answer, and the memory that it has then, doing nothing."""
    ask = bench.wires[0].ask(HELLO)
    with bench.running(ours(), ask=ask) as (server,):
        bare = bench.bare([constant(ask, server.ask(ask))])
    its, other = _started(bench, ask, ours(), bare)
    beside = Beside(BARE, other.taken, other.cpu)
    yield Figure("start", "to the first answer", "ms", its.taken, beside, its.cpu, "≤ 600 ms")
    yield Figure("start", "idle memory", "MB", its.size, Beside(BARE, other.size), target="≤ 70 MB")


def load(bench: Bench) -> Iterator[Figure]:
    """From the start of the process to its first answer with a thousand files, beside the built-in ones."""
    count = bench.scaled(1_000)
    folder = bench.folder / "files"
    write_scenarios(folder, count)
    many = ours(folder, builtin_folder(), name="many files")
    its, other = _started(bench, bench.wires[0].ask(HELLO), many, ours())
    beside = Beside("the built-in ones", other.taken, other.cpu)
    yield Figure("load", f"{count:,} files, to the first answer", "ms", its.taken, beside, its.cpu)


def memory(bench: Bench) -> Iterator[Figure]:
    """How much more memory there is in use after 100,000 requests, of bodies that differ. Enough went before
    to fill what is kept of the last ones.
    """
    ask = bench.wires[0].ask(HELLO)
    count = bench.scaled(100_000)
    with bench.running(usual(), ask=ask) as (server,):
        by_own_client(server, ask, 0, most=bench.scaled(40_000))
        before = server.resident() / MEGABYTE
        by_own_client(server, ask, 0, most=count)
        after = server.resident() / MEGABYTE
    beside = Beside("before", Samples.of(before))
    yield Figure("memory", f"after {count:,} requests", "MB", Samples.of(after), beside, target="1.00 x")


def held(bench: Bench) -> Iterator[Figure]:
    """What a stream takes that has begun and waits; its body is like no other."""
    wire, count = bench.wires[0], bench.streams[-1]
    ask, twenty = wire.ask("Wait for me", stream=True), wire.ask(TWENTY, stream=True)
    with bench.running(usual(), ask=twenty) as (server,):
        answer = server.ask(twenty)
        its = _kilobytes_held(server, ask, count)
    bare = bench.bare([replace(chunked(constant(twenty, answer)), holds=True)])
    with Server(bare, bench.cores) as server:
        server.wait_until_open()
        beside = Beside(BARE, _kilobytes_held(server, ask, count))
    yield Figure("held", f"each of {count:,} open streams", "kB", its, beside, target="≤ 20 kB")


def _kilobytes_held(server: Server, ask: Ask, count: int) -> Samples:
    """What a stream takes, after some have been open before."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        requests = requests_of(server, ask)
        runner.run(_hold(server, requests, min(count, 100)))
        before = server.resident()
        during = runner.run(_hold(server, requests, count))
    return Samples.of((during - before) / count / 1000)


class _Holder(asyncio.Protocol):
    """One stream that waits; tells when its first piece is there."""

    def __init__(self) -> None:
        self._received = b""
        self.has_begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if b"word00" in self._received and not self.has_begun.done():
            self.has_begun.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.has_begun.done():
            self.has_begun.set_exception(BenchmarkError(f"a stream did not begin: {self._received[:300]!r}"))


async def _hold(server: Server, requests: Iterator[bytes], count: int) -> int:
    """The memory in use while so many streams are open."""
    loop = asyncio.get_running_loop()
    open_streams = [await loop.create_connection(_Holder, "127.0.0.1", server.port) for _ in range(count)]
    for transport, _ in open_streams:
        transport.write(next(requests))
    async with asyncio.timeout(_SECONDS_TO_OPEN):
        await asyncio.gather(*(holder.has_begun for _, holder in open_streams))
    await asyncio.sleep(_SECONDS_TO_SETTLE)
    resident = server.resident()
    for transport, _ in open_streams:
        transport.abort()
    await asyncio.sleep(_SECONDS_TO_SETTLE)
    return resident
