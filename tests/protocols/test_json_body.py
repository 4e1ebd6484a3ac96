from __future__ import annotations

import orjson
import pytest

from mockserver.conversation import Json, json_text
from mockserver.protocols.json_body import DEEPEST, Unreadable, is_deeper, parse_object, parse_objects


def nested_object(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


def nested_list(levels: int) -> Json:
    return orjson.loads(b"[" * levels + b"]" * levels)


@pytest.mark.parametrize("text", [b'{"a": [1]}', '{"a": [1]}'])
def test_an_object_is_read(text: bytes | str) -> None:
    assert parse_object(text) == {"a": [1]}


@pytest.mark.parametrize("text", [b"", b"{", b'{"a": NaN}', b"\xff\xfe", b'"\\ud800"'])
def test_broken_syntax_says_where_it_is_broken(text: bytes) -> None:
    found = parse_object(text)

    assert isinstance(found, Unreadable)
    assert found.reason == "syntax"
    assert "line 1 column" in found.detail


@pytest.mark.parametrize("text", [b"[]", b"null", b"1", b'"text"', b"[" * 1000 + b"]" * 1000])
def test_another_value_is_no_object(text: bytes) -> None:
    assert parse_object(text) == Unreadable("not_an_object", "it is no object")


@pytest.mark.parametrize("text", [nested_object(DEEPEST), nested_object(DEEPEST).decode()])
def test_the_deepest_nesting_is_read(text: bytes | str) -> None:
    assert isinstance(parse_object(text), dict)


@pytest.mark.parametrize("levels", [DEEPEST + 1, 1000])
def test_deeper_nesting_is_told_apart(levels: int) -> None:
    expected = Unreadable("too_deep", f"it is nested deeper than {DEEPEST} levels")
    assert parse_object(nested_object(levels)) == expected


def test_many_brackets_side_by_side_are_not_deep() -> None:
    value = {"messages": [{"a": []}] * 5000, "braces": "{[" * 5000}

    assert parse_object(json_text(value).encode()) == value


def test_a_wire_may_have_a_deepest_nesting_of_its_own() -> None:
    assert isinstance(parse_object(nested_object(80), deepest=80), dict)
    assert isinstance(parse_object(nested_object(81), deepest=80), Unreadable)


@pytest.mark.parametrize("levels", [1, 80, DEEPEST, 254])
def test_depth_is_measured_exactly(levels: int) -> None:
    assert not is_deeper(nested_list(levels), levels)
    assert is_deeper(nested_list(levels + 1), levels)


def test_what_was_read_can_be_written_with_room_around_it() -> None:
    value: Json = parse_object(nested_object(DEEPEST))

    for _ in range(50):
        value = [value]

    assert orjson.dumps(value)


def test_a_list_of_objects_is_read() -> None:
    assert parse_objects(b"[]", 3) == []
    assert parse_objects(b'[{"a":[1]}, {}]', 3) == [{"a": [1]}, {}]


@pytest.mark.parametrize(
    "text", [b"", b"{}", b'{"a":1}', b"[1]", b"[{},[]]", b"[{}],[{}]", b"[{},]", b'["\xff"]']
)
def test_another_value_is_no_list_of_objects(text: bytes) -> None:
    assert parse_objects(text, 3) is None


def test_a_list_of_objects_may_be_nested_as_deep_as_any_value() -> None:
    assert parse_objects(b"[%b]" % nested_object(9), 10) is not None
    assert parse_objects(b"[%b]" % nested_object(10), 10) is None
