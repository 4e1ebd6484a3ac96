"""The changes that the deviations of all wires are made of."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.protocols.edits import at, chained, renaming, replacing, respelt, without, zeroed

ANSWER = {"id": "a1", "usage": {"in": 3}, "items": [{"id": "b"}, "c"]}


def test_members_are_left_out() -> None:
    assert without("id", "usage", "other")(ANSWER) == {"items": [{"id": "b"}, "c"]}


def test_members_have_another_value_at_their_place_and_none_is_added() -> None:
    assert list(replacing(usage=None, other=1)(ANSWER).items())[1] == ("usage", None)
    assert replacing(other=1)(ANSWER) == ANSWER


def test_members_have_another_name_at_their_place() -> None:
    assert list(renaming({"usage": "counts", "other": "none"})(ANSWER)) == ["id", "counts", "items"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("usage", {**ANSWER, "usage": {}}),
        ("items", {**ANSWER, "items": [{}, "c"]}),
        ("id", ANSWER),
        ("other", ANSWER),
    ],
)
def test_what_is_in_a_member_is_changed_be_it_one_object_or_a_list(name: str, told: Any) -> None:
    assert at(name, without("in", "id"))(ANSWER) == told


def test_an_object_is_not_changed_in_place() -> None:
    before = {"items": [{"id": "b"}]}
    at("items", without("id"))(before)
    assert before == {"items": [{"id": "b"}]}


def test_whole_numbers_become_zero_and_nothing_else_does() -> None:
    assert repr(zeroed({"a": 1, "b": [{"c": 2}], "d": True, "e": "3", "f": None})) == (
        "{'a': 0, 'b': [{'c': 0}], 'd': True, 'e': '3', 'f': None}"
    )


def test_names_are_spelt_otherwise_but_for_those_that_somebody_else_gives() -> None:
    value = {"a": [{"b": 1}], "free": {"c": {"d": 2}}}
    assert respelt(value, str.upper, frozenset({"free"})) == {"A": [{"B": 1}], "FREE": {"c": {"d": 2}}}


def test_the_second_edit_is_given_what_the_first_one_sends_and_each_stream_has_its_own() -> None:
    started = []

    def twice() -> Any:
        started.append("twice")
        return lambda frame: [frame, frame]

    def ended() -> Any:
        started.append("ended")
        return lambda frame: [frame + b"!"]

    editor = chained(twice, ended)
    assert list(editor()(b"a")) == [b"a!", b"a!"]
    editor()
    assert started == ["twice", "ended"] * 2
