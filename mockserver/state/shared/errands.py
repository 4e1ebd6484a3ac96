"""Synchronous code that waits without holding up the loop: each errand is a greenlet, as those of SQLAlchemy.

What an errand has yet to tell to Redis stands in its `Notes`: it goes out with the next thing that is asked,
or at its end.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import field
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

from mockserver.setup import Setup
from mockserver.state.shared.codec import SharedEntry
from mockserver.state.shared.link import Command
from mockserver.values import dataclass

Result = TypeVar("Result")


@dataclass(slots=True)
class Notes:
    """What an errand knows and has to tell. `needed` must be kept for its answer to be true; `told` is of the
    journal and the like, which can be told later. `opened` are the entries of the journal that it has opened.
    `counted` takes back what it has counted.
    `setups` are those it has seen, each with its version: in one errand a key is set up in one way.
    """

    needed: list[Command] = field(default_factory=list)
    told: list[Callable[[], Command]] = field(default_factory=list)
    opened: list[SharedEntry] = field(default_factory=list)
    counted: list[Command] = field(default_factory=list)
    setups: dict[str, tuple[int, Setup]] = field(default_factory=dict)


class _Errand(greenlet):
    notes: Notes


async def run(act: Callable[[], Result], notes: Notes) -> Result:
    """What `act` gives; it may `wait`."""
    errand: Any = _Errand(act, getcurrent())
    errand.notes = notes
    errand.gr_context = getcurrent().gr_context
    given = errand.switch()
    while not errand.dead:
        try:
            value = await given
        except BaseException as error:  # noqa: BLE001 - it is for the errand
            given = errand.throw(error)
        else:
            given = errand.switch(value)
    return given  # type: ignore[no-any-return]  # what `act` gave


def wait(awaitable: Awaitable[Result]) -> Result:
    """What an awaitable gives. Only an errand may wait."""
    current = getcurrent()
    if not isinstance(current, _Errand):
        raise RuntimeError("Only what is run as an errand can wait.")  # noqa: TRY004 - of the caller, no value
    return current.parent.switch(awaitable)  # type: ignore[no-any-return, union-attr]  # an errand has one


def notes() -> Notes | None:
    """Those of the errand that runs, if one does."""
    current = getcurrent()
    return current.notes if isinstance(current, _Errand) else None
