"""How punctual many paced streams are at once: `python tests/benchmark/paced_streams.py`.

A server of its own process, held to one core, plays the same streamed reply to so many clients at once; the
clients are raw sockets of one process on another core. Of each event it is told how far it was from when it
was due: as the journal says (the server's view), and as it came in, counted from when the request was sent
(the client's view). Prints a table for Markdown, in milliseconds; `--json FILE` writes the same as JSON.

All are connected before the first asks. They ask evenly over `--ramp` seconds, then all streams are open at
once; every event counts, those of the ramp too. `core` is how much of its core the server used. The clients
do not sleep, unless `--asleep` says so: on virtual machines, waking the core of a client costs the server
several times what the write does. On a machine that others use, `--realtime` (Linux, as root) lets nothing
else run on the server's core when the server would.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import orjson
import uvloop

from mockserver.assembly import build_service, parse_scenarios
from mockserver.conversation import Http
from mockserver.journal import Entry, Journal
from mockserver.server import serving
from mockserver.server.app import create_app
from mockserver.service import Settings

_SECONDS_TO_END = 30.0
_JOURNAL = 2 * 1024**3  # nothing of the benchmark may be forgotten

REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "openai.chat": ("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hi"}]}),
    "openai.responses": ("/v1/responses", {"input": "Hi"}),
    "anthropic": (
        "/anthropic/v1/messages",
        {"max_tokens": 4096, "messages": [{"role": "user", "content": "Hi"}]},
    ),
}


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of the server. Times are in seconds."""

    streams: int
    chunks: int = 200
    gap: float = 0.05
    ramp: float = 5.0
    wire: str = "openai.chat"
    awake: bool = True
    realtime: bool = False

    @property
    def scenario(self) -> str:
        words = " ".join(f"word{number}" for number in range(self.chunks))
        return f"scenario: paced\npace: {{first: {self.gap}s, gap: {self.gap}s}}\nreply: {words}\n"

    @property
    def http(self) -> Http:
        path, fields = REQUESTS[self.wire]
        body = orjson.dumps({"model": "mock-paced", "stream": True, **fields})
        headers = {
            "host": "localhost",
            "authorization": "Bearer key",
            "x-api-key": "key",
            "anthropic-version": "2023-06-01",
            "content-type": "application/json",
            "content-length": str(len(body)),
            "connection": "close",
        }
        return Http("POST", path, headers, body=body, key="key")

    @property
    def request(self) -> bytes:
        http = self.http
        lines = [f"{http.method} {http.path} HTTP/1.1", *(f"{n}: {v}" for n, v in http.headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + http.body


@dataclass(frozen=True, slots=True)
class Lateness:
    """|actual - due| of many events, in milliseconds."""

    events: int
    p50: float
    p99: float
    worst: float


@dataclass(frozen=True, slots=True)
class Measured:
    """`core` is the share of its core that the server used."""

    load: Load
    server: Lateness
    client: Lateness
    core: float
    left_open: int

    def __str__(self) -> str:
        views = " | ".join(f"{v.p50:.1f} | {v.p99:.1f} | {v.worst:.1f}" for v in (self.server, self.client))
        return (
            f"| {self.load.wire} | {self.load.streams:,} | {self.server.events:,} | {views} "
            f"| {self.core:.0%} | {self.left_open} |"
        )


HEAD = (
    "| wire | streams | events | server p50 | p99 | max | client p50 | p99 | max | core | not ended |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def lateness(seconds: Sequence[float]) -> Lateness:
    if not seconds:
        return Lateness(0, 0, 0, 0)
    ordered = sorted(abs(late) * 1000 for late in seconds)
    last = len(ordered) - 1
    return Lateness(len(ordered), ordered[last // 2], ordered[last * 99 // 100], ordered[last])


# ---------------------------------------------------------------------------------------- the server


@dataclass(frozen=True, slots=True)
class ServerView:
    """What the journal says: how late each event was, and when the events of one stream were due."""

    late: list[float]
    due: list[float]
    core: float
    left_open: int


def told(entries: Sequence[Entry], core: float) -> ServerView:
    sent = [[step for step in entry.steps if step.kind == "send"] for entry in entries]
    return ServerView(
        late=[step.done - step.due for steps in sent for step in steps],
        due=[step.due for step in max(sent, key=len, default=[])],
        core=core,
        left_open=sum(entry.outcome != "complete" for entry in entries),
    )


def serve(load: Load, pipe: Connection, core: int | None) -> None:
    """Tell the port, serve until told to stop, tell what the journal says."""
    hold_to(core)
    if load.realtime:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    serving.run(_serve(load, pipe))


async def _serve(load: Load, pipe: Connection) -> None:
    service = build_service((), Settings())
    service.engine.add("key", parse_scenarios(load.scenario, "benchmark", service.vendors))
    list(service.respond(load.http).steps)  # what is done but once
    service.journal = Journal(heaviest=_JOURNAL)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_reader(pipe.fileno(), stop.set)
    async with serving.listening(create_app(service, log=False), "127.0.0.1", 0) as origin:
        serving.settle()
        pipe.send(int(origin.rsplit(":", 1)[1]))
        began, used = time.perf_counter(), time.process_time()
        await stop.wait()
        core = (time.process_time() - used) / (time.perf_counter() - began)
        asyncio.get_running_loop().remove_reader(pipe.fileno())
    os.set_blocking(pipe.fileno(), True)  # the loop had it otherwise
    pipe.send(told(service.journal.entries(), core))


def hold_to(core: int | None) -> None:
    if core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})


# --------------------------------------------------------------------------------------- the clients


class Client(asyncio.Protocol):
    """Asks once, and notes when each event came in."""

    def __init__(self) -> None:
        self.ended = asyncio.get_running_loop().create_future()
        self.asked = 0.0
        self.came: list[float] = []
        self._in_body = False
        self._tail = b""

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if not self._in_body:
            _, found, data = (self._tail + data).partition(b"\r\n\r\n")
            self._in_body = bool(found)
        data = self._tail[-1:] + data
        self.came += [now] * data.count(b"\n\n")
        self._tail = data

    def connection_lost(self, _: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    def late(self, due: Sequence[float]) -> Iterator[float]:
        return (came - self.asked - when for came, when in zip(self.came, due, strict=False))


async def ask_all(load: Load, port: int) -> list[Client]:
    """The clients, once all their streams have ended."""
    loop = asyncio.get_running_loop()
    connections = [await loop.create_connection(Client, "127.0.0.1", port) for _ in range(load.streams)]
    began = loop.time()

    async def ask(number: int) -> Client:
        transport, client = connections[number]
        await asyncio.sleep(began + load.ramp * number / load.streams - loop.time())
        client.asked = time.perf_counter()
        transport.write(load.request)
        await client.ended
        return client

    def stay_awake() -> None:
        loop.call_soon(stay_awake)

    if load.awake:
        stay_awake()
    within = load.ramp + load.chunks * load.gap + _SECONDS_TO_END
    return await asyncio.wait_for(asyncio.gather(*map(ask, range(load.streams))), within)


# ------------------------------------------------------------------------------------------ measuring


def measure(load: Load) -> Measured:
    """Serve and ask, each on a core of its own where there are two."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    apart = len(cores) > 1
    spawn = get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=serve, args=(load, theirs, cores[0] if apart else None))
    server.start()
    theirs.close()  # what the server does not send is not waited for
    try:
        port = ours.recv()
        hold_to(cores[1] if apart else None)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            clients = runner.run(ask_all(load, port))
        ours.send("stop")
        view: ServerView = ours.recv()
    finally:
        if apart:
            os.sched_setaffinity(0, set(cores))
        server.join(10)
        server.kill()
    seen = [late for client in clients for late in client.late(view.due)]
    return Measured(load, lateness(view.late), lateness(seen), view.core, view.left_open)


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n", maxsplit=1)[0])
    parser.add_argument("--streams", type=int, nargs="+", default=[1000, 2000, 5000])
    parser.add_argument("--chunks", type=int, default=200)
    parser.add_argument("--gap", type=float, default=0.05, help="seconds")
    parser.add_argument("--ramp", type=float, default=5.0, help="seconds")
    parser.add_argument("--wire", choices=REQUESTS, default="openai.chat")
    parser.add_argument("--asleep", action="store_true", help="let the clients sleep while nothing comes")
    parser.add_argument("--realtime", action="store_true", help="let the server run before all others")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    given = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    sys.stdout.write(f"{HEAD}\n")
    rows = []
    for streams in given.streams:
        load = Load(
            streams, given.chunks, given.gap, given.ramp, given.wire, not given.asleep, given.realtime
        )
        rows.append(measure(load))
        sys.stdout.write(f"{rows[-1]}\n")
        sys.stdout.flush()
    if given.json:
        given.json.write_bytes(orjson.dumps([asdict(row) for row in rows], option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    main()
