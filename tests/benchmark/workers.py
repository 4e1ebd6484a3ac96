"""Two workers beside one, and state that they share beside state of their own.

On three cores or more the clients of two workers have one of their own; on two they take part of what the
second worker would have. On virtual machines one worker pays for waking the idle core of the clients with
each write, which two on busy cores do not, and the ratio is more than that of the cores.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial

from .cases import HELLO, TWENTY
from .loads import Counted, by_own_client
from .report import Beside, Figure, Samples
from .rounds import Bench, speed, usual
from .servers import Contender, Server
from .wires import Ask

REDIS = Contender("redis", ("redis-server", "--port", "{port}", "--save", "", "--appendonly", "no"))


def workers(bench: Bench) -> Iterator[Figure]:
    """Two workers beside one: small answers in one piece, and streams without delay."""
    json, streamed = bench.wires[0].ask(HELLO), bench.wires[0].ask(TWENTY, stream=True)
    with bench.running(_with(2), _with(1), ask=json) as servers:
        servers[0].run_on(_cores(bench))
        counted = bench.in_turns(servers, partial(_ask, bench, json))
        yield speed("two workers", f"JSON{_shared(bench)}", counted, "≥ 1.7 x")
        counted = bench.in_turns(servers, partial(_read_stream, bench, streamed))
        yield speed("two workers", f"stream of 20{_shared(bench)}", counted, "≥ 1.7 x")


def shared(bench: Bench) -> Iterator[Figure]:
    """State shared on a Redis beside state in memory, and the CPU time that an answer takes of Redis, which
    has one core to give.
    """
    ask = bench.wires[0].ask(HELLO)
    with Server(REDIS, bench.cores) as redis:
        redis.wait_until_open()
        redis.run_on({bench.cores.client})
        on_redis = usual("--state", f"redis://127.0.0.1:{redis.port}/0?timeout=30")
        with bench.running(on_redis, usual(name="in memory"), ask=ask) as servers:
            for what, each in (("one body", ask.same), ("bodies that differ", ask)):
                yield from _beside_memory(bench, what, each, servers, redis)


def _beside_memory(
    bench: Bench, what: str, ask: Ask, servers: Sequence[Server], redis: Server
) -> Iterator[Figure]:
    taken: list[float] = []

    def load(server: Server) -> Counted:
        before = redis.seconds_of_cpu()
        counted = _ask(bench, ask, server)
        if server is servers[0]:
            taken.append((redis.seconds_of_cpu() - before) / counted.answers * 1e6)
        return counted

    figure = speed("state on Redis", what, bench.in_turns(servers, load))
    assert figure.cpu
    yield figure
    its = Samples(tuple(taken[1:]))  # the first round does not count
    yield Figure("state on Redis", f"{what}: CPU of Redis", "µs", its, Beside("of the server", figure.cpu))


def _with(count: int) -> Contender:
    name = "one worker" if count == 1 else "mockserver"
    return usual("--workers", str(count), "--per-worker-state", name=name)


def _cores(bench: Bench) -> set[int]:
    """Those for servers: all but that of the clients, and that one too where there are but two."""
    all_cores = set(range(os.cpu_count() or 1))
    others = all_cores - {bench.cores.client}
    return others if len(others) > 1 else all_cores


def _shared(bench: Bench) -> str:
    return ", clients on the same cores" if bench.cores.client in _cores(bench) else ""


def _ask(bench: Bench, ask: Ask, server: Server) -> Counted:
    return bench.load(server, ask, bench.seconds)


def _read_stream(bench: Bench, ask: Ask, server: Server) -> Counted:
    return by_own_client(server, ask, bench.seconds)
