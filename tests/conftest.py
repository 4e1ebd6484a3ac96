"""What every test may use: scenarios from a text, and a service that speaks the toy protocol."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from textwrap import dedent
from typing import Any

import orjson
import pytest
import toy
from command import Server, Start
from hypothesis import HealthCheck, settings

from mockserver.answering import Exchange
from mockserver.assembly import parse_scenarios
from mockserver.conversation import Http
from mockserver.engine import Engine
from mockserver.journal import Journal
from mockserver.service import Service
from mockserver.settings import Settings
from mockserver.steps import Head, Send, Step, Wait, Whole, plain

pytest_plugins = ["pytester"]

# How long an example takes says more of the machine than of the code. CI tries the same examples every time;
# elsewhere each run tries others.
settings.register_profile(
    "mockserver",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("mockserver")


class ToyClient:
    """Talks to a service without a socket, and reads its answers as text."""

    def __init__(self, scenarios: str, **settings: Any) -> None:
        loaded = parse_scenarios(dedent(scenarios), "test.yaml", (toy.VENDOR,)) if scenarios else ()
        self.settings = Settings(**{"unmatched": "error", **settings})
        self.engine = Engine(loaded, seed=self.settings.seed)
        self.journal = Journal()
        self.service = Service((toy.VENDOR,), self.engine, self.journal, self.settings)

    def exchange(self, say: Any = "", *, key: str = "k", **fields: Any) -> Exchange:
        headers = fields.pop("headers", {})
        body = orjson.dumps({"say": say, **fields})
        return self.service.respond(Http("POST", "/toy", headers=headers, body=body, key=key))

    def steps(self, say: Any = "", **fields: Any) -> list[Step]:
        return list(plain(self.exchange(say, **fields).steps))

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


@pytest.fixture
def client() -> Callable[..., ToyClient]:
    """`client("scenario: …")`: a toy client of a service that plays these scenarios."""
    return ToyClient


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
