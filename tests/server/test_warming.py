"""What is loaded while nobody asks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import toy
from aiohttp.test_utils import TestClient, TestServer

from mockserver.engine import Engine
from mockserver.journal.entries import Journal
from mockserver.protocols.base import Dialect, Route
from mockserver.protocols.late import LateDialect
from mockserver.server import warming as module
from mockserver.server.app import IN_FLIGHT, Application, create_app
from mockserver.server.warming import warming
from mockserver.service import Service
from mockserver.settings import Settings


class Warmed:
    """An application whose only wire is loaded late."""

    def __init__(
        self, load: Callable[[], Dialect] = lambda: toy.DIALECT, journal: Journal | None = None
    ) -> None:
        self.loads: list[Dialect] = []

        def noted() -> Dialect:
            self.loads.append(dialect := load())
            return dialect

        late: Dialect = LateDialect("toy", noted)
        vendor = replace(toy.VENDOR, routes=(Route("POST", "/toy", late),), dialects=(late,))
        self.service = Service((vendor,), Engine(()), journal or Journal(), Settings())
        self.app: Application = create_app(self.service)

    async def some_moments(self, act: Callable[[], Awaitable[object]] | None = None) -> None:
        """Several times as long as it has to be quiet, doing something all the time."""
        async with warming(self.app, self.service):
            for _ in range(50):
                if act:
                    await act()
                await asyncio.sleep(module.QUIET / 10)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUIET", 0.02)
    monkeypatch.setattr("gc.freeze", lambda: None)  # this process goes on to do other things
    monkeypatch.setattr(logging.getLogger("mockserver"), "propagate", True)  # the command line stops it


async def test_a_wire_is_loaded_while_nobody_asks() -> None:
    warmed = Warmed()

    await warmed.some_moments()

    assert warmed.loads == [toy.DIALECT]


async def test_a_journal_that_others_write_to_is_not_asked_whether_it_is_quiet_here() -> None:
    class Elsewhere(Journal):
        @property
        def latest(self) -> int:
            raise RuntimeError("Only what is run as an errand can ask for shared state.")

    warmed = Warmed(journal=Elsewhere())

    await warmed.some_moments()

    assert warmed.loads == [toy.DIALECT]


async def test_nothing_is_loaded_while_requests_come() -> None:
    warmed = Warmed()

    async with TestClient(TestServer(warmed.app)) as client:

        async def ask() -> None:
            await client.get("/nowhere")

        await warmed.some_moments(ask)

    assert warmed.loads == []


async def test_nothing_is_loaded_while_something_is_being_answered() -> None:
    warmed = Warmed()
    connection: Any = object()
    warmed.app[IN_FLIGHT][connection] = None

    await warmed.some_moments()

    assert warmed.loads == []


async def test_what_cannot_be_loaded_is_told_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Dialect:
        raise ModuleNotFoundError("No module named 'nowhere'")

    await Warmed(broken).some_moments()

    assert "No module named 'nowhere'" in caplog.text
