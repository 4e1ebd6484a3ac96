"""What serves a route, loaded when it is first asked for: most servers are asked on one wire and not on the
others, and what a wire takes and gives is a lot to load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from importlib import import_module
from types import ModuleType
from typing import Any

from mockserver.conversation import Failure, Http
from mockserver.protocols.base import Answer, Context, Dialect, Respond, Route, Stream, Vendor


class LateDialect:
    """A dialect of which only the name is known before it is loaded; from then on it is had as it is."""

    def __init__(self, name: str, load: Callable[[], Dialect]) -> None:
        self.name = name
        self._dialect = cache(load)

    def load(self) -> None:
        """Have all that the dialect has."""
        dialect = self._dialect()
        vars(self).update({name: getattr(dialect, name) for name in dir(dialect) if name[0] != "_"})

    def __getattr__(self, attribute: str) -> Any:
        """Asked for what is not there, or not yet."""
        self.load()
        return getattr(self._dialect(), attribute)


def late(module: str) -> Callable[[str], Respond]:
    """What gives the functions of a module by their names; the first that is asked loads it."""

    @cache
    def loaded() -> ModuleType:
        return import_module(module)

    def named(function: str) -> Respond:
        def respond(http: Http, context: Context) -> Answer | Stream | Failure:
            answer: Answer | Stream | Failure = getattr(loaded(), function)(http, context)
            return answer

        return respond

    return named


def readying(vendors: Sequence[Vendor]) -> Iterator[Callable[[], object]]:
    """What loads and builds, in steps, what each wire needs to read a request."""
    for vendor in vendors:
        for dialect in vendor.dialects:
            if isinstance(dialect, LateDialect):
                yield dialect.load
        for route in _one_for_each_dialect(vendor):
            yield partial(_read_nothing, route)


def _one_for_each_dialect(vendor: Vendor) -> Iterable[Route]:
    return {route.serve: route for route in vendor.routes if not callable(route.serve)}.values()


def _read_nothing(route: Route) -> None:
    """A wire builds what it checks bodies with when it reads the first; one that is empty is no less."""
    if not callable(route.serve):
        path = re.sub(r"\{\w+\}", "model", route.path)
        route.serve.read(Http(route.method, path, body=b"{}"), Context())
