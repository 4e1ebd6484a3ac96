"""Scenario files read by who supervises, when they are edited, for all workers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from mockserver.assembly import BrokenScenariosError
from mockserver.reloading import Terminal, tell_refused, tell_reloaded
from mockserver.scenario.files import Library, Loaded
from mockserver.scenario.model import Scenario
from mockserver.service import Service
from mockserver.workers.supervisor import Supervisor
from mockserver.workers.watching import Watch

_log = logging.getLogger("mockserver")

Fit = Callable[[Loaded], tuple[Scenario, ...]]
"""The scenarios that were loaded and are to be served. BrokenScenariosError where they cannot be."""


class Reader:
    """Reads a library for the workers. `service` is who the next worker is made from. Make it before anybody
    knows where the server is: from then on its terminal may be closed.
    """

    def __init__(self, library: Library, service: Service, fit: Fit) -> None:
        self._library = library
        self._service = service
        self._fit = fit
        self._terminal = Terminal()

    def read_for(self, supervisor: Supervisor, *, watch: bool) -> None:
        """Until the server is to stop: look after the workers, and hand out what has been edited, at SIGHUP
        and, where files are watched, as soon as they have settled.
        """
        watched = Watch(self._library, time.monotonic()) if watch else None
        while not supervisor.is_stopped:
            supervisor.wait(watched.wait(time.monotonic()) if watched else None)
            if supervisor.was_hung_up():
                if self._terminal.is_closed:
                    return
                self._library.distrust()
                self._try_to_take_in(supervisor)
            elif watched and watched.settled(time.monotonic()):
                self._try_to_take_in(supervisor)

    def _try_to_take_in(self, supervisor: Supervisor) -> None:
        try:
            self._take_in(supervisor)
        except Exception:  # noqa: BLE001 - a bug here must not end the server
            _log.exception("the scenarios could not be reloaded")

    def _take_in(self, supervisor: Supervisor) -> None:
        loaded = self._library.load()
        try:
            scenarios = self._fit(loaded)
        except BrokenScenariosError as error:
            tell_refused(error)
            return
        supervisor.hand_out(scenarios, self._service.engine.scenarios)
        tell_reloaded(loaded, self._service.engine.load(scenarios))
