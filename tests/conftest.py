"""What every test may use: scenarios from a text, and a service that speaks the toy protocol."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from textwrap import dedent
from typing import Any

import orjson
import pytest
import toy
from command import Server, Start
from hypothesis import HealthCheck, settings
from places import Asked, Here, OnRedis, Place, on_redis
from redis_server import RedisServer

from mockserver.answering import Exchange
from mockserver.assembly import parse_scenarios, parse_written
from mockserver.conversation import Http
from mockserver.engine import Engine
from mockserver.playback.steps import Head, Send, Step, Wait, Whole, plain
from mockserver.service import Service
from mockserver.settings import Settings
from mockserver.setup import Written
from mockserver.state.shared.scripts import DEFAULT, Bounds

pytest_plugins = ["pytester"]

# How long an example takes says more of the machine than of the code. Every run tries the same examples, and
# fails for a reason; with MOCKSERVER_EXPLORE set each tries others.
settings.register_profile(
    "mockserver",
    deadline=None,
    derandomize="MOCKSERVER_EXPLORE" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("mockserver")


class ToyClient:
    """Talks to a service without a socket, and reads its answers as text."""

    def __init__(self, scenarios: str, place: Place | None = None, **settings: Any) -> None:
        loaded = parse_scenarios(dedent(scenarios), "test.yaml", (toy.VENDOR,)) if scenarios else ()
        self.settings = Settings(**{"unmatched": "error", **settings})
        self.place = place = place or Here()
        engine = Engine(loaded, seed=self.settings.seed, state=place.state)
        if isinstance(place, OnRedis):
            place.state.find_in(lambda: engine.scenarios, engine.named)
        self.engine: Any = Asked(engine, place) if engine.state.is_shared else engine
        self.journal: Any = Asked(place.journal, place) if engine.state.is_shared else place.journal
        service = Service((toy.VENDOR,), engine, place.journal, self.settings)
        self.service: Any = Asked(service, place) if engine.state.is_shared else service

    def exchange(self, say: Any = "", *, key: str = "k", **fields: Any) -> Exchange:
        headers = fields.pop("headers", {})
        body = orjson.dumps({"say": say, **fields})
        http = Http("POST", "/toy", headers=headers, body=body, key=key)
        exchange: Exchange = self.service.respond(http)
        return exchange

    def steps(self, say: Any = "", **fields: Any) -> list[Step]:
        steps = self.exchange(say, **fields).steps
        return self.place.do(lambda: list(plain(steps)))

    def add(self, key: str, text: str, *, first: bool = False) -> None:
        """Let a key have the scenarios in a text."""
        written = Written(text, "own.yaml")
        self.engine.add(key, parse_written(written, (toy.VENDOR,)), written, first=first)

    def ask(self, say: Any = "", **fields: Any) -> str:
        """The text of the answer, JSON or stream, without its waits."""
        return text_of(self.steps(say, **fields))

    def status(self, say: Any = "", **fields: Any) -> int:
        return status_of(self.steps(say, **fields))


def text_of(steps: list[Step]) -> str:
    pieces = [
        step.answer.body if isinstance(step, Whole) else step.data
        for step in steps
        if isinstance(step, Whole | Send)
    ]
    return b"".join(pieces).decode()


def status_of(steps: list[Step]) -> int:
    return next(
        step.answer.status if isinstance(step, Whole) else step.status
        for step in steps
        if isinstance(step, Whole | Head)
    )


def waits_of(steps: list[Step]) -> list[float]:
    return [step.until for step in steps if isinstance(step, Wait)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("anywhere") and "places" in metafunc.fixturenames:
        metafunc.parametrize("places", ["memory", "redis"], indirect=True)


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """A Redis for all tests of this session, which have a prefix of their own each."""
    server = RedisServer()
    yield server
    server.stop()


MakePlace = Callable[..., Place]


@pytest.fixture
def places(request: pytest.FixtureRequest) -> Iterator[MakePlace]:
    """`places()`: a new place to keep state. A test that is marked `anywhere` has them in memory, and on
    Redis.
    """
    if getattr(request, "param", "memory") == "memory":
        yield lambda bounds=DEFAULT: Here(bounds)
        return
    redis: RedisServer = request.getfixturevalue("redis")
    with ExitStack() as open_places:

        def make(bounds: Bounds = DEFAULT) -> Place:
            prefix = f"test{next(_prefixes)}:"
            return open_places.enter_context(on_redis(redis.url, prefix, bounds, (toy.VENDOR,)))

        yield make


_prefixes = count()


@pytest.fixture
def client(places: MakePlace) -> Callable[..., ToyClient]:
    """`client("scenario: …")`: a toy client of a service that plays these scenarios."""
    return lambda scenarios, **settings: ToyClient(scenarios, places(), **settings)


@pytest.fixture
def start() -> Iterator[Start]:
    """`start("--port", "0")`: a server as the command line starts it."""
    servers: list[Server] = []

    def begin(*args: str, **environment: str) -> Server:
        servers.append(Server(*args, **environment))
        return servers[-1]

    yield begin
    for server in servers:
        server.end()
