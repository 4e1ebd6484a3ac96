"""What serves a route, loaded when it is first asked for: most servers are asked on one wire and not on the
others, and what a wire takes and gives is a lot to load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from mockserver.conversation import Failure, Http
from mockserver.protocols.base import Answer, Context, Dialect, Respond, Stream, Vendor


class LateDialect:
    """A dialect of which only the name is known before it is loaded; from then on it is had as it is."""

    def __init__(self, name: str, load: Callable[[], Dialect]) -> None:
        self.name = name
        self._dialect = cache(load)

    @property
    def is_there(self) -> bool:
        """Whether it is loaded."""
        return "read" in vars(self)

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


def loading(vendors: Sequence[Vendor]) -> Iterator[Callable[[], None]]:
    """What loads the wires that nobody has asked yet, one in each step."""
    for vendor in vendors:
        for dialect in vendor.dialects:
            if isinstance(dialect, LateDialect) and not dialect.is_there:
                yield dialect.load
