"""A server in a background thread, for tests and scripts: `with MockServer("scenarios/") as mock: …`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import yaml

from mockserver.assembly import build_service, load_scenarios, parse_scenarios
from mockserver.conversation import Request
from mockserver.journal import Entry
from mockserver.server import serving
from mockserver.server.app import Clock, create_app
from mockserver.server.pages import environment
from mockserver.service import Service, Settings

_START_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Urls:
    """The base URL to give to each vendor's SDK."""

    openai: str
    anthropic: str
    gemini: str


class MockServer:
    """A running mock server. `paths` are scenario files and folders; built-in scenarios are there by name.

    `key` is the API key of this view and so its namespace: scenarios, pins and requests are its own. What no
    scenario matches is answered with an error, so that a test sees it.
    """

    def __init__(
        self,
        *paths: str | Path,
        host: str = "127.0.0.1",
        port: int = 0,
        key: str = "mock-key",
        unmatched: Literal["auto", "error"] = "error",
        speed: float = 1.0,
        seed: str = "0",
    ) -> None:
        self.key = key
        self._address = (host, port)
        self._service = build_service(paths, Settings(unmatched=unmatched, speed=speed, seed=seed))
        self._thread: threading.Thread | None = None
        self._origin = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    # ------------------------------------------------------------------------------------ life cycle

    def start(self) -> Self:
        """Start serving; requests are answered when this returns. OSError if the address cannot be had."""
        started: threading.Event = threading.Event()
        failures: list[BaseException] = []
        self._thread = threading.Thread(
            target=self._run, args=(started, failures), name="mockserver", daemon=True
        )
        self._thread.start()
        if not started.wait(_START_TIMEOUT):
            raise TimeoutError("the mock server did not start")
        if failures:
            self._thread.join()
            raise failures[0]
        return self

    def stop(self) -> None:
        """Stop serving; open streams are cut."""
        if self._loop and self._stop and self._thread:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
            self._thread = None

    def _run(self, started: threading.Event, failures: list[BaseException]) -> None:
        try:
            serving.run(self._serve(started))
        except BaseException as error:  # noqa: BLE001 - told to the thread that waits for the start
            failures.append(error)
            started.set()

    async def _serve(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        app = create_app(self._service, Clock(), log=False)
        async with serving.listening(app, *self._address, grace=0) as origin:
            self._origin = origin
            started.set()
            await self._stop.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)

    # ----------------------------------------------------------------------------------- for clients

    @property
    def url(self) -> str:
        """The server's address, such as http://127.0.0.1:41234."""
        return self._origin

    @property
    def urls(self) -> Urls:
        found = {
            vendor.name: self._origin + vendor.sdk.base_path for vendor in self._service.vendors if vendor.sdk
        }
        return Urls(**found)

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that point the official SDKs here, with this view's key."""
        return environment(self._service.vendors, self._origin, self.key)

    def namespace(self, key: str) -> MockServer:
        """A view of the same running server with a key of its own: own scenarios, state and requests."""
        view = object.__new__(MockServer)
        view.__dict__.update(self.__dict__, key=key, _thread=None)
        return view

    # ------------------------------------------------------------------------------------ scenarios

    def load(self, *paths: str | Path) -> None:
        """Add the scenarios in files and folders, for this key. BrokenScenariosError tells every problem."""
        self._add(load_scenarios(paths))

    def script(self, scenario: str | Mapping[str, Any]) -> None:
        """Add a scenario given as YAML text or as the same in Python values, for this key."""
        text = scenario if isinstance(scenario, str) else yaml.safe_dump(dict(scenario), sort_keys=False)
        self._add(parse_scenarios(text, "script"))

    def reply(self, reply: str | Sequence[Any]) -> None:
        """Answer every conversation of this key with this reply."""
        self.script({"scenario": f"reply-{len(self._own) + 1}", "reply": reply})

    def error(self, error: str | Mapping[str, Any]) -> None:
        """Answer every conversation of this key with this error."""
        self.script({"scenario": f"error-{len(self._own) + 1}", "error": error})

    def play(self, name: str) -> None:
        """Let this scenario answer every request of this key, whatever the request says."""
        self._service.engine.namespace(self.key).pinned = name

    @property
    def _own(self) -> tuple[Any, ...]:
        return self._service.engine.namespace(self.key).scenarios

    def _add(self, scenarios: Sequence[Any]) -> None:
        namespace = self._service.engine.namespace(self.key)
        namespace.scenarios = (*namespace.scenarios, *scenarios)

    # --------------------------------------------------------------------------------- verification

    @property
    def exchanges(self) -> list[Entry]:
        """Everything that this key asked, oldest first."""
        return self._service.journal.entries(self.key)

    @property
    def requests(self) -> list[Request]:
        """The requests of this key that reached a model, oldest first."""
        return [entry.request for entry in self.exchanges if entry.request]

    def verify(self) -> None:
        """AssertionError if a request was unmatched or an expectation failed; tells all of them."""
        unmet = [text for entry in self.exchanges for text in entry.unmet]
        if unmet:
            told = "\n".join(f"- {text}" for text in unmet)
            raise AssertionError(f"The mock server was not used as scripted:\n{told}")

    def reset(self) -> None:
        """Forget the scenarios, state and requests of this key."""
        self._service.engine.reset(self.key)
        self._service.journal.clear(self.key)

    @property
    def service(self) -> Service:
        return self._service
