"""The latest result of a function, for who asks for it again.

The verbs of a dialect know nothing of each other, but are asked one after the other of one reply: how it is
told, what of it is handed back, what is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from operator import is_
from typing import TypeVar, TypeVarTuple, Unpack

Asked = TypeVarTuple("Asked")
Result = TypeVar("Result")


def latest(function: Callable[[Unpack[Asked]], Result]) -> Callable[[Unpack[Asked]], Result]:
    """The function, which gives the same result again while it is asked of the very same values. These are
    frozen, and the result is only read.
    """
    known: tuple[tuple[object, ...], Result] | None = None

    @wraps(function)
    def remembered(*asked: *Asked) -> Result:
        nonlocal known
        found = known  # which another thread may replace
        if found is None or not all(map(is_, found[0], asked)):
            found = known = (asked, function(*asked))
        return found[1]

    return remembered
