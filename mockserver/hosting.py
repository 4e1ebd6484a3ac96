"""A server that runs until it is told to stop: scenarios loaded, listening, reloading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mockserver.assembly import BrokenScenariosError, assemble, builtin_folder, open_library, sound
from mockserver.faults.drawing import FaultError, find_faults
from mockserver.reloading import reloading
from mockserver.server import serving
from mockserver.server.access import Access
from mockserver.server.app import Clock, create_app
from mockserver.service import Service, Settings


class HostingError(Exception):
    """Why the server cannot run; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """Where and how it runs. `clock` is a fixed time in Unix seconds, None the real one; `watch` takes edits
    of scenario files in; `grace` is how many seconds open streams get at the end.
    """

    host: str
    port: int
    clock: float | None
    watch: bool = False
    grace: float = 5.0
    control_token: str = ""
    no_builtin: bool = False


def host(
    paths: Sequence[str | Path],
    settings: Settings,
    hosting: Hosting,
    announce: Callable[[str, Service], None],
) -> None:
    """Serve the scenarios in `paths`, or the built-in ones, until SIGINT or SIGTERM. `announce` is told the
    origin once requests are answered. HostingError where it cannot be served.
    """
    try:
        find_faults(settings.faults)
        library = open_library(paths or ([] if hosting.no_builtin else [builtin_folder()]))
        service = assemble(sound(library.load()), settings)
    except (BrokenScenariosError, FaultError) as error:
        raise HostingError(str(error)) from None

    async def run() -> None:
        async with reloading(library, service, watch=hosting.watch):
            app = create_app(service, Clock(hosting.clock), access=Access(hosting.control_token))
            served = serving.listening(app, hosting.host, hosting.port, hosting.grace)
            await serving.serve(served, lambda origin: announce(origin, service))

    try:
        serving.run(run())
    except OSError as error:
        raise HostingError(_cannot_listen(hosting, error)) from None


def _cannot_listen(hosting: Hosting, error: OSError) -> str:
    reason = error.strerror or error
    where = f"{hosting.host}:{hosting.port}"
    return f"mockserver cannot listen on {where}: {reason}. Choose another --host or --port."
