"""A server in a background thread, for tests and scripts: `with MockServer("scenarios/") as mock: …`.

State belongs to the serving loop. Whoever asks from another thread has the loop do it, so nothing needs a
lock.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self, TypeVar, get_args

from mockserver.assembly import (
    build_service,
    by_file,
    open_library,
    parse_written,
    scenario_text,
    share_state,
    sound,
)
from mockserver.connection import base_urls, environment
from mockserver.conversation import CONTRACT_MODES, ContractMode
from mockserver.faults.drawing import find_faults
from mockserver.journal import verification
from mockserver.journal.entries import Entry
from mockserver.journal.recorded import RecordedExchange
from mockserver.journal.verification import UNMET_KINDS, Unmet, UnmetKind
from mockserver.protocols.gateway import Profile
from mockserver.quotas import Limit, parse_limit
from mockserver.scenario.files import Library
from mockserver.scenario.model import Scenario
from mockserver.server import serving
from mockserver.server.app import Application, Clock, create_app
from mockserver.service import Service
from mockserver.settings import Settings
from mockserver.setup import UNMATCHED, Unmatched, Written
from mockserver.store import Bounded

_START_TIMEOUT = 30.0
_LIBRARIES = 100
"""Of how many sets of files it is remembered what they hold."""

Result = TypeVar("Result")


def _check(name: str, value: str, allowed: Sequence[str]) -> None:
    """ValueError for a slip, which would otherwise be taken for what is served by default."""
    if value not in allowed:
        raise ValueError(f"`{name}` cannot be {value!r}: choose from {', '.join(allowed)}")


def _check_speed(speed: object) -> None:
    if not (isinstance(speed, int | float) and 0 <= speed < math.inf):
        raise ValueError(f"`speed` cannot be {speed!r}: it is 0 or more")


def _several(names: Iterable[str]) -> tuple[str, ...]:
    """The names; a text is one of them, not its letters."""
    return (names,) if isinstance(names, str) else tuple(names)


def _limit(text: str) -> Limit:
    try:
        return parse_limit(text)
    except ValueError as error:
        raise ValueError(f"`limits` cannot hold {text!r}: {error}") from None


class Urls:
    """The base URL to give to each vendor's SDK, by the vendor's name: `urls.openai`."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls

    def __getattr__(self, vendor: str) -> str:
        try:
            return self._urls[vendor]
        except KeyError:
            raise AttributeError(f"no vendor {vendor!r}; known: {', '.join(self._urls)}") from None


class _Host:
    """The thread that serves, shared by all views of it."""

    def __init__(self, service: Service, host: str, port: int) -> None:
        self.service = service
        self.origin = ""
        self._address = (host, port)
        self._libraries: Bounded[tuple[str, ...], Library] = Bounded(_LIBRARIES)
        self._loading = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def load(self, paths: tuple[str, ...]) -> tuple[Scenario, ...]:
        """Scenarios of files and folders; what many tests load is read once, until it changes."""
        here = (str(Path.cwd()), *paths)
        with self._loading:
            return sound(self._libraries.setdefault(here, lambda: open_library(paths)).load())

    def create_app(self) -> Application:
        return create_app(self.service, Clock(), log=False)

    def start(self) -> None:
        if self._thread:
            raise RuntimeError("the mock server runs already; its views (`namespace`) are not started")
        started = threading.Event()
        failures: list[BaseException] = []
        self._thread = threading.Thread(
            target=self._run, args=(started, failures), name="mockserver", daemon=True
        )
        self._thread.start()
        if not started.wait(_START_TIMEOUT):
            raise TimeoutError(f"the mock server did not start within {_START_TIMEOUT:.0f} s")
        if failures:
            self._thread.join()
            self._thread = None
            raise failures[0]

    def stop(self) -> None:
        if self._loop and self._stop and self._thread:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
        self._thread = self._loop = self._stop = None

    def call(self, act: Callable[[], Result]) -> Result:
        """What `act` gives, done by the serving loop where one runs."""
        if self._loop is None and self.service.engine.state.is_shared:
            raise RuntimeError("a mock server that shares its state must be started before it is set up")
        if self._loop is None or threading.current_thread() is self._thread:
            return act()

        return asyncio.run_coroutine_threadsafe(self.service.run(act), self._loop).result()

    def _run(self, started: threading.Event, failures: list[BaseException]) -> None:
        try:
            serving.run(self._serve(started))
        except BaseException as error:  # noqa: BLE001 - told to the thread that waits for the start
            failures.append(error)
            started.set()

    async def _serve(self, started: threading.Event) -> None:
        app = self.create_app()
        served = serving.listening(app, *self._address, grace=0)
        async with self.service.engine.state.connected(), served as origin:
            self._loop = asyncio.get_running_loop()
            self._stop = asyncio.Event()
            self.origin = origin
            started.set()
            await self._stop.wait()


class MockServer:
    """A running mock server. `paths` are scenario files and folders; built-in scenarios are there by name.

    `key` is the API key of this view and so its namespace: scenarios, pins and requests are its own. What no
    scenario matches is answered with an error, so that a test sees it, unless `unmatched` is "auto".
    `faults` are those that every answer has, where it can show them. `more_models` are listed, and known
    where only known `models` may be asked. `limits` (such as "3 requests/m") are what each key gets of the
    models. `state` is a Redis, as redis://localhost:6379/0: all servers that name it keep what they keep
    there, together. ValueError tells what cannot be set.
    """

    def __init__(
        self,
        *paths: str | Path,
        host: str = "127.0.0.1",
        port: int = 0,
        key: str = "mock-key",
        unmatched: Unmatched = "error",
        speed: float = 1.0,
        seed: str | int = "0",
        contract: ContractMode = "documented",
        profile: Profile = "native",
        models: Literal["any", "known"] = "any",
        more_models: Iterable[str] = (),
        limits: Iterable[str] = (),
        faults: Iterable[str] = (),
        state: str = "",
    ) -> None:
        _check("unmatched", unmatched, UNMATCHED)
        _check("contract", contract, CONTRACT_MODES)
        _check("profile", profile, get_args(Profile))
        _check("models", models, ("any", "known"))
        _check_speed(speed)
        self.key = key
        settings = Settings(
            unmatched=unmatched,
            speed=speed,
            seed=str(seed),
            contract=contract,
            profile=profile,
            models=models,
            more_models=_several(more_models),
            limits=tuple(map(_limit, _several(limits))),
            faults=_several(faults),
        )
        find_faults(settings.faults)
        self._folder: Path | None = None
        shared = share_state(state) if state else None
        self._host = _Host(build_service(paths, settings, shared=shared), host, port)

    # ------------------------------------------------------------------------------------ life cycle

    def start(self) -> Self:
        """Start serving; requests are answered when this returns. OSError if the address cannot be had."""
        self._host.start()
        return self

    def stop(self) -> None:
        """Stop serving; open streams are cut."""
        self._host.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)

    def create_app(self) -> Application:
        """The aiohttp application of this server, for who serves it in a loop of his own and does not start
        it: `await aiohttp_client(mock.create_app())` with pytest-aiohttp.
        """
        return self._host.create_app()

    # ----------------------------------------------------------------------------------- for clients

    @property
    def url(self) -> str:
        """The server's address, such as http://127.0.0.1:41234."""
        return self._host.origin

    @property
    def urls(self) -> Urls:
        return Urls(base_urls(self._service.vendors, self.url))

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that point the official SDKs here, with this view's key."""
        return environment(self._service.vendors, self.url, self.key)

    def namespace(self, key: str, folder: Path | None = None) -> MockServer:
        """A view of the same server with a key of its own: own scenarios, state and requests. `load` looks
        for files in `folder` first.
        """
        view = object.__new__(MockServer)
        view.key = key
        view._folder = folder
        view._host = self._host
        return view

    # ------------------------------------------------------------------------------------ scenarios

    def load(self, *paths: str | Path) -> None:
        """Add the scenarios in files and folders, for this key. BrokenScenariosError tells every problem."""
        scenarios = self._host.load(tuple(str(self._found(path)) for path in paths))
        if not self._service.engine.state.is_shared:
            self._add(scenarios)
            return
        for written, found in by_file(scenarios):
            self._add(found, written)

    def _found(self, path: str | Path) -> Path:
        """Where a file is: in the folder of this view, if it is there or nowhere else."""
        given = Path(path)
        if self._folder is None:
            return given
        inside = self._folder / given
        if not inside.exists() and given.exists():
            return given
        here = Path.cwd()
        return inside.relative_to(here) if inside.is_relative_to(here) else inside

    def script(self, scenario: str | Mapping[str, Any]) -> None:
        """Add a scenario given as YAML text or as the same in Python values, for this key."""
        text = scenario if isinstance(scenario, str) else scenario_text(dict(scenario))
        self._add_written(text)

    def reply(self, reply: str | Sequence[Any]) -> None:
        """Answer every conversation of this key with this reply, from now on."""
        self._say({"scenario": f"reply-{self._scripted + 1}", "reply": reply})

    def error(self, error: str | Mapping[str, Any]) -> None:
        """Answer every conversation of this key with this error, from now on."""
        self._say({"scenario": f"error-{self._scripted + 1}", "error": error})

    def _say(self, scenario: Mapping[str, Any]) -> None:
        """Let a scenario answer before all others."""
        self._add_written(scenario_text(dict(scenario)), first=True)

    def _add_written(self, text: str, *, first: bool = False) -> None:
        written = Written(text, "script")
        self._add(parse_written(written), written, first=first)

    def play(self, name: str) -> None:
        """Let this scenario answer every request of this key, whatever the request says."""
        self._host.call(lambda: self._service.engine.pin(self.key, name))

    def judge(self, contract: ContractMode | None) -> None:
        """Judge the requests of this key in another mode than the server's; None is the server's again."""
        if contract is not None:
            _check("contract", contract, CONTRACT_MODES)
        self._host.call(lambda: self._service.engine.judge(self.key, contract))

    def fault(self, *names: str) -> None:
        """Let the answers of this key have these faults of the catalogue, where they can show them; without a
        name, those of the server again.
        """
        find_faults(names)
        self._host.call(lambda: self._service.engine.spoil(self.key, names or None))

    def hasten(self, speed: float | None) -> None:
        """Divide the scripted waits in the answers of this key by this, 0 skips them; None is as the server
        does.
        """
        if speed is not None:
            _check_speed(speed)
        self._host.call(lambda: self._service.engine.hasten(self.key, speed))

    def fall_back(self, unmatched: Unmatched | None) -> None:
        """What answers this key where no scenario matches: "auto" something plausible, "error" an error that
        tells why; None is as the server does.
        """
        if unmatched is not None:
            _check("unmatched", unmatched, UNMATCHED)
        self._host.call(lambda: self._service.engine.fall_back(self.key, unmatched))

    @property
    def _scripted(self) -> int:
        return self._host.call(lambda: len(self._service.engine.setup(self.key).scenarios))

    def _add(
        self, scenarios: Sequence[Scenario], written: Written | None = None, *, first: bool = False
    ) -> None:
        self._host.call(lambda: self._service.engine.add(self.key, scenarios, written, first=first))

    # --------------------------------------------------------------------------------- verification

    @property
    def exchanges(self) -> list[RecordedExchange]:
        """Everything that this key asked, oldest first."""
        return [RecordedExchange(entry) for entry in self._entries()]

    @property
    def requests(self) -> list[RecordedExchange]:
        """What this key asked of models, oldest first. What was refused before is in `exchanges` alone."""
        return [exchange for exchange in self.exchanges if not exchange.refused]

    def unmet(self, ignore: Collection[UnmetKind] = ()) -> list[Unmet]:
        """All that did not go as a test wants it, but for what is to be ignored. ValueError for a kind that
        is not known.
        """
        for kind in ignore:
            _check("ignore", kind, UNMET_KINDS)
        engine, journal, key = self._service.engine, self._service.journal, self.key
        return self._host.call(lambda: verification.unmet(journal.entries(key), engine.unplayed(key), ignore))

    def verify(self, ignore: Collection[UnmetKind] = ()) -> None:
        """AssertionError if anything did not go as a test wants it (see `UnmetKind`); tells all of it."""
        found = self.unmet(ignore)
        if found:
            raise AssertionError(verification.told(found))

    def conclude(self, ignore: Collection[UnmetKind] = ()) -> tuple[list[Unmet], list[RecordedExchange]]:
        """What is unmet, and everything that this key asked; then its scenarios, state and requests are
        forgotten. How a test ends, in one step.
        """

        def conclude() -> tuple[list[Unmet], list[RecordedExchange]]:
            seen = self.unmet(ignore), self.exchanges
            self.reset()
            return seen

        return self._host.call(conclude)

    def _entries(self) -> list[Entry]:
        return self._host.call(lambda: self._service.journal.entries(self.key))

    def reset(self) -> None:
        """Forget the scenarios, state and requests of this key."""
        self._host.call(lambda: self._service.reset(self.key))

    @property
    def _service(self) -> Service:
        return self._host.service
