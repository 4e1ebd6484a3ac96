"""A server that runs until it is told to stop: scenarios loaded, listening, reloading; in one process, or in
several that one more looks after.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.assembly import (
    BrokenScenariosError,
    SharingError,
    assemble,
    builtin_library,
    open_library,
    share_state,
    sound,
)
from mockserver.faults.drawing import FaultError, find_faults
from mockserver.protocols.late import loading
from mockserver.reloading import reloading
from mockserver.scenario.files import Library
from mockserver.scenario.model import Scenario
from mockserver.server import serving
from mockserver.server.access import Access
from mockserver.server.app import Application, Clock, create_app
from mockserver.server.warming import warming
from mockserver.service import Service
from mockserver.settings import Settings
from mockserver.values import dataclass

if TYPE_CHECKING:
    from mockserver.state.shared.state import SharedState
    from mockserver.workers.line import Line
    from mockserver.workers.listeners import Listeners
    from mockserver.workers.reading import Fit

_log = logging.getLogger("mockserver")


class HostingError(Exception):
    """Why the server cannot run; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """Where and how it runs. `clock` is a fixed time in Unix seconds, None the real one; `watch` takes edits
    of scenario files in; `grace` is how many seconds open streams get at the end. `per_worker_state` lets
    several `workers` serve what each would count for itself; `state` is the Redis where all that name it
    count together, "" for none.
    """

    host: str
    port: int
    clock: float | None
    watch: bool = False
    grace: float = 5.0
    control_token: str = ""
    no_builtin: bool = False
    workers: int = 1
    per_worker_state: bool = False
    state: str = ""


Announce = Callable[[str, Service], None]
"""Is told the origin once requests are answered."""


def host(paths: Sequence[str | Path], settings: Settings, hosting: Hosting, announce: Announce) -> None:
    """Serve the scenarios in `paths`, or the built-in ones, until SIGINT or SIGTERM. HostingError where it
    cannot be served.
    """
    try:
        find_faults(settings.faults)
        library = open_library(paths) if paths or hosting.no_builtin else builtin_library()
        shared = share_state(hosting.state) if hosting.state else None
        if hosting.workers > 1:
            fit = _fit(hosting, built_in=not paths)
            service = _assembled(library, settings, hosting, fit, shared)
            _host_workers(library, service, hosting, announce, fit)
        else:
            service = assemble(sound(library.load()), settings, shared=shared)
            _host_alone(library, service, hosting, announce)
    except (BrokenScenariosError, FaultError, SharingError) as error:
        raise HostingError(str(error)) from None


def _app(service: Service, hosting: Hosting) -> Application:
    return create_app(service, Clock(hosting.clock), access=Access(hosting.control_token))


def _host_alone(library: Library, service: Service, hosting: Hosting, announce: Announce) -> None:
    async def run() -> None:
        app = _app(service, hosting)
        served = serving.listening(app, hosting.host, hosting.port, hosting.grace)
        async with (
            service.engine.state.connected(),
            reloading(library, service, watch=hosting.watch),
            warming(app, service),
        ):
            await serving.serve(served, lambda origin: announce(origin, service))

    try:
        serving.run(run())
    except OSError as error:
        raise HostingError(_cannot_listen(hosting, error)) from None


def _cannot_listen(hosting: Hosting, error: OSError) -> str:
    reason = error.strerror or error
    where = f"{hosting.host}:{hosting.port}"
    return f"mockserver cannot listen on {where}: {reason}. Choose another --host or --port."


# -------------------------------------------------------------------------------------- several workers


def _host_workers(library: Library, service: Service, hosting: Hosting, announce: Announce, fit: Fit) -> None:
    from mockserver.workers.board import Board
    from mockserver.workers.listeners import listen
    from mockserver.workers.reading import Reader
    from mockserver.workers.supervisor import Supervisor, WorkersError
    from mockserver.workers.worker import serve_supervised

    def work(listeners: Listeners, line: Line) -> None:
        served = partial(serving.listening, grace=hosting.grace, bound=listeners)
        serving.run(serve_supervised(service, line, served(_app(service, hosting), hosting.host, 0)))

    try:
        listeners = listen(hosting.host, hosting.port, hosting.workers)
    except OSError as error:
        raise HostingError(_cannot_listen(hosting, error)) from None
    port = listeners[0][0].getsockname()[1]
    for load in loading(service.vendors):  # once, and not in each worker
        load()
    service.crew = board = Board(hosting.workers)
    supervisor = Supervisor(listeners, board, work, hosting.grace)
    reader = Reader(library, service, fit)
    try:
        with supervisor.running():
            if not supervisor.is_stopped:
                announce(serving.origin_at(hosting.host, port), service)
            reader.read_for(supervisor, watch=hosting.watch)
    except WorkersError as error:
        raise HostingError(str(error)) from None


def _fit(hosting: Hosting, *, built_in: bool) -> Fit:
    """What is served of what was loaded: nothing that each worker would count for itself, unless that is as
    it should be. Of the built-in scenarios, which nobody has chosen, such ones are left out.
    """
    from mockserver.workers.own_state import is_counted, refused

    if hosting.per_worker_state or hosting.state:
        return sound
    if built_in:
        return lambda loaded: tuple(each for each in sound(loaded) if not is_counted(each))
    return lambda loaded: sound(refused(loaded))


def _assembled(
    library: Library, settings: Settings, hosting: Hosting, fit: Fit, shared: SharedState | None
) -> Service:
    """The service that all workers are made from. A user is told what they do not share."""
    from mockserver.workers.own_state import MEND, is_counted, notice

    if not sys.platform.startswith("linux"):
        raise HostingError("Several workers need Linux, which shares a port out evenly. Use --workers 1.")
    if shared:
        return assemble(fit(library.load()), settings, shared=shared)
    left_out: list[str] = []

    def suits(scenario: Scenario) -> bool:
        if hosting.per_worker_state or not is_counted(scenario):
            return True
        left_out.append(scenario.name)
        return False

    if settings.limits and not hosting.per_worker_state:
        raise HostingError(f"A --limit counts, and each worker would count for itself: {MEND}.")
    service = assemble(fit(library.load()), settings, suits=suits)
    _log.warning("%s", notice(hosting.workers, left_out))
    return service
