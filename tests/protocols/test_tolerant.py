from __future__ import annotations

import pytest

from mockserver.conversation import Json
from mockserver.protocols.tolerant import count, members, objects, text

ANYTHING: list[Json] = [None, True, 1, 1.5, "a", ["a"], {"a": 1}]


@pytest.mark.parametrize("value", ANYTHING)
def test_only_a_string_is_text(value: Json) -> None:
    assert text(value) == ("a" if value == "a" else "")


@pytest.mark.parametrize("value", ANYTHING)
def test_only_a_whole_number_counts(value: Json) -> None:
    assert count(value) == (1 if value is not True and value == 1 else 0)


@pytest.mark.parametrize("value", ANYTHING)
def test_only_an_object_has_members(value: Json) -> None:
    assert members(value) == ({"a": 1} if value == {"a": 1} else {})


@pytest.mark.parametrize("value", [*ANYTHING, {"0": {}}])
def test_what_is_no_list_of_objects_holds_none(value: Json) -> None:
    assert list(objects(value)) == []


def test_the_objects_of_a_list_come_in_their_order() -> None:
    assert list(objects([1, {"a": 1}, None, [], {"b": 2}])) == [{"a": 1}, {"b": 2}]
