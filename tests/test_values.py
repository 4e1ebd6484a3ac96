"""Values are what dataclasses of the standard library are, but for the guard of the frozen ones."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0


@dataclass(slots=True)
class Pen:
    at: Point


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    name: str


@dataclass(frozen=True)
class Named:
    name: str
    note: str

    def __hash__(self) -> int:
        return hash(self.name)


def test_values_of_the_same_fields_are_equal_and_have_the_same_hash() -> None:
    assert Point(1, 2) == Point(1, 2) != Point(2, 1)
    assert hash(Point(1, 2)) == hash(Point(1, 2))


def test_what_may_be_changed_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Pen(Point(1)))


def test_what_is_compared_as_an_object_is_equal_to_itself_alone() -> None:
    place = Place("here")

    assert place == place != Place("here")  # noqa: PLR0124 - with itself
    assert {place: 1}[place] == 1


def test_a_hash_of_its_own_is_kept() -> None:
    assert hash(Named("a", "one")) == hash(Named("a", "two"))


def test_there_is_no_room_beside_the_slots() -> None:
    assert not hasattr(Point(1), "__dict__")


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_a_copy_is_equal(again: Callable[[Any], Any]) -> None:
    assert again(Point(1, 2)) == Point(1, 2)


def test_the_standard_library_takes_them_for_its_own() -> None:
    assert dataclasses.replace(Point(1, 2), y=3) == Point(1, 3)
    assert dataclasses.asdict(Pen(Point(1))) == {"at": {"x": 1, "y": 0}}
    assert repr(Point(1, 2)) == "Point(x=1, y=2)"
