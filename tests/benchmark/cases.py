"""Cases of how fast answers come. Each starts its servers, asks them in turns, and gives its figures."""

from __future__ import annotations

import timeit
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import orjson

from .loads import Counted, by_own_client, round_trips
from .report import Beside, Figure, Samples
from .rounds import Bench, chunked, constant, speed, usual
from .servers import Contender, Server, ours
from .wires import Ask, Wire

HELLO = "Hello there"
TWENTY = "Count to twenty"
_TARGETS = {1_000: "≤ 1.15 x"}


def json(bench: Bench) -> Iterator[Figure]:
    """Small answers in one piece: the built-in greeting."""
    asks = {wire.name: wire.ask(HELLO) for wire in bench.wires}
    with _beside_bare(bench, asks.values()) as servers:
        for what, ask in _bodies(asks):
            counted = bench.in_turns(servers, partial(_ask, bench, ask))
            yield speed("JSON", what, counted, "≥ 0.60 x")


def stream(bench: Bench) -> Iterator[Figure]:
    """Streams without delay: twenty pieces, and what the wire puts around them; bare, the twenty alone."""
    asks = {wire.name: wire.ask(TWENTY, stream=True) for wire in bench.wires}
    with _beside_bare(bench, asks.values(), is_stream=True) as servers:
        for what, ask in _bodies(asks):
            counted = bench.in_turns(servers, partial(_read_stream, bench, ask))
            yield speed("stream of 20", what, counted, "≥ 1.8 x")


def tools(bench: Bench) -> Iterator[Figure]:
    """Round trips of a tool call, two requests each; bare, both are answered with the call."""
    asks = [Ask(wire.path, orjson.dumps(wire.weather())) for wire in bench.wires]
    with _beside_bare(bench, asks) as servers:
        for wire in bench.wires:
            counted = bench.in_turns(servers, partial(_round_trips, bench, wire))
            yield speed("tool round trip", wire.name, counted)


def agent(bench: Bench) -> Iterator[Figure]:
    """What an agent asks late: 300 kB, 200 messages, 40 tools. Beside bare, and beside orjson parsing it."""
    asks = {wire.name: wire.agent() for wire in bench.wires}
    with _beside_bare(bench, asks.values()) as servers:
        for what, ask in _bodies(asks):
            parsing = Beside("orjson.loads", _parsing(ask, bench.rounds))
            figure = speed("agent's body", what, bench.in_turns(servers, partial(_ask_long, bench, ask)))
            assert figure.cpu
            yield figure
            yield Figure("agent's body", f"{what}: CPU", "µs", figure.cpu, parsing, target="≤ 4 x")
            assert figure.base.cpu
            beyond = figure.cpu.minus(figure.base.cpu)
            yield Figure("agent's body", f"{what}: CPU beyond that of bare", "µs", beyond, parsing)


def gate(bench: Bench) -> Iterator[Figure]:
    """The contract gate on, as it is by default, beside off; bodies that differ."""
    off = usual("--contract", "off", name="gate off")
    with bench.running(usual(), off, ask=bench.wires[0].ask(HELLO)) as servers:
        for wire in bench.wires:
            counted = bench.in_turns(servers, partial(_ask, bench, wire.ask(HELLO)))
            yield speed("gate on", f"{wire.name}, small body", counted)
            counted = bench.in_turns(servers, partial(_ask_long, bench, wire.agent()))
            yield speed("gate on", f"{wire.name}, agent's body", counted)


def scenarios(bench: Bench) -> Iterator[Figure]:
    """Many scenarios, each opened by a text of its own or a pattern, the first or the last of them asked for:
    the time that a request takes, beside that among ten.
    """
    for pattern, counts in (("text", bench.scenarios), ("regex", bench.scenarios[1:2])):
        for count in counts:
            yield from _among(bench, count, pattern)


def _among(bench: Bench, count: int, pattern: str) -> Iterator[Figure]:
    wire, few, what = bench.wires[0], 10, f"{count:,} by {pattern}"
    ten, many = _many(bench, few, pattern, "ten"), _many(bench, count, pattern, "mockserver")
    last = _question(wire, count - 1)
    with bench.running(many, ten, ask=_question(wire, 0)) as servers:
        for end, asks in (("first", (0, 0)), ("last", (count - 1, few - 1))):
            its = {server.name: _question(wire, number) for server, number in zip(servers, asks, strict=True)}
            counted = bench.in_turns(servers, partial(_ask_its, bench, its))
            yield _slower(
                f"{what}, the {end} is asked for: time of a request", counted, _TARGETS.get(count, "")
            )
        bare = bench.bare([constant(last, servers[0].ask(last))])
        with bench.running(bare, ask=last) as beside:
            counted = bench.in_turns([servers[0], *beside], partial(_ask, bench, last))
            yield speed("scenarios", f"{what}, the last is asked for", counted)


def _slower(what: str, counted: Mapping[str, Sequence[Counted]], target: str) -> Figure:
    its, tens = counted.values()
    beside = Beside("among 10", _taken(tens), _cost(tens))
    return Figure("scenarios", what, "µs", _taken(its), beside, _cost(its), target)


# ---------------------------------------------------------------------------------------------- within


def _bodies(asks: Mapping[str, Ask]) -> Iterator[tuple[str, Ask]]:
    for wire, ask in asks.items():
        yield f"{wire}, one body", ask.same
        yield f"{wire}, bodies that differ", ask


def _ask(bench: Bench, ask: Ask, server: Server) -> Counted:
    return bench.load(server, ask, bench.seconds)


def _ask_long(bench: Bench, ask: Ask, server: Server) -> Counted:
    """Few at once: with more, most of the time would be spent on what is not over at the end."""
    return by_own_client(server, ask, bench.seconds, connections=4)


def _ask_its(bench: Bench, asks: Mapping[str, Ask], server: Server) -> Counted:
    return _ask(bench, asks[server.name], server)


def _read_stream(bench: Bench, ask: Ask, server: Server) -> Counted:
    return by_own_client(server, ask, bench.seconds)


def _round_trips(bench: Bench, wire: Wire, server: Server) -> Counted:
    return round_trips(server, wire, bench.seconds)


@contextmanager
def _beside_bare(bench: Bench, asks: Iterable[Ask], *, is_stream: bool = False) -> Iterator[list[Server]]:
    """Ours, the peers, and the bare application, which answers what ours does."""
    asks = list(asks)
    with bench.running(usual(), *bench.peers, ask=asks[0]) as servers:
        said = [constant(ask, servers[0].ask(ask)) for ask in asks]
        bare = bench.bare(map(chunked, said) if is_stream else said)
        with bench.running(bare, ask=asks[0]) as beside:
            yield [*servers, *beside]


def _parsing(ask: Ask, rounds: int) -> Samples:
    """Microseconds that orjson takes, the best of several runs in each round."""
    body = ask.same.body
    best = (min(timeit.repeat(partial(orjson.loads, body), number=1, repeat=20)) for _ in range(rounds))
    return Samples(tuple(seconds * 1e6 for seconds in best))


def _taken(done: Sequence[Counted]) -> Samples:
    return Samples(tuple(1e6 / one.rate for one in done))


def _cost(done: Sequence[Counted]) -> Samples:
    return Samples(tuple(one.cost for one in done))


def _question(wire: Wire, number: int) -> Ask:
    return wire.ask(f"What about order {number:06d} of today")


def _many(bench: Bench, count: int, pattern: str, name: str) -> Contender:
    path = bench.folder / f"{count}-{pattern}.yaml"
    path.write_text("---\n".join(_scenario(number, pattern) for number in range(count)), encoding="utf-8")
    return ours(path, name=name)


def _scenario(number: int, pattern: str) -> str:
    opens = f"order {number:06d}" if pattern == "text" else rf"'/\border 0*{number}\b/i'"
    return f"scenario: order-{number}\nmatch: {{user: {opens}}}\nreply: Order {number} is on its way.\n"


def write_scenarios(folder: Path, count: int) -> None:
    """So many files of one scenario each."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        (folder / f"order-{number:06d}.yaml").write_text(_scenario(number, "text"), encoding="utf-8")
