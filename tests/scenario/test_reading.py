"""The machinery of reading, with a language of its own."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.scenario.reading import Key, Kind, Reading, Shape, list_of, read_keys, shape_kind
from mockserver.scenario.scalars import NAME, whole_number
from mockserver.scenario.yaml_nodes import Node, compose


@dataclass(frozen=True)
class Cat:
    name: str
    lives: int = 9


CAT = Shape(
    "a cat",
    (
        Key("name", NAME, "How it is called."),
        Key("lives", whole_number(1, 9), "How many it has left.", also=("lifes",)),
    ),
    required=("name",),
    hints={"bark": "cats do not"},
)
CATS = list_of(shape_kind(CAT, Cat), "cats")


def node(text: str) -> Node:
    return compose(text, "a").documents[0]


def told(kind: Kind[object], text: str) -> list[str]:
    reading = Reading(())
    assert reading.tried(kind, node(text), "cats") == ()
    return [f"{problem.what} ({problem.mend})" for problem in reading.problems]


def test_a_mapping_is_read_by_its_table() -> None:
    assert Reading(()).tried(CATS, node("[{name: Tom, lifes: 7}, {name: 12}]")) == (
        (Cat("Tom", 7), Cat("12")),
    )


def test_all_problems_of_all_items_are_told() -> None:
    assert told(CATS, "[{name: [], lives: 10}, {lives: x}, {nam: Tom}, {name: Tom, bark: 1}, 5]") == [
        "`name`: expected a name, found a list ()",
        "`lives`: 10 is out of bounds (use 1 to 9)",
        "`lives`: expected a whole number, found `x` ()",
        "a cat lacks `name` (add it)",
        "unknown key `nam` in a cat (did you mean `name`?)",
        "unknown key `bark` in a cat (cats do not)",
        "`cats`: expected a mapping, found `5` (its keys are `name`, `lives`)",
    ]


def test_two_spellings_of_one_key_are_one_too_many() -> None:
    assert told(CATS, "[{name: Tom, lives: 1, lifes: 2}]") == [
        "`lifes` and `lives` say the same thing twice (keep one of the two)"
    ]


def test_a_mistake_reached_by_two_aliases_is_told_once() -> None:
    assert told(CATS, "[&a {nam: Tom}, *a]") == ["unknown key `nam` in a cat (did you mean `name`?)"]


def test_what_is_broken_already_is_not_told_again() -> None:
    assert told(CATS, "[!x {name: Tom}, {name: !x Tom}]") == []


def test_a_troubled_mapping_still_gives_what_could_be_read() -> None:
    found = read_keys(node("{name: Tom, lives: 10}"), CAT, Reading(()))

    assert (found.troubled, found.get("name"), found.get("lives")) == (True, "Tom", None)


def test_the_schema_is_made_of_the_same_table() -> None:
    assert CAT.schema == {
        "type": "object",
        "properties": {
            "name": {
                "description": "How it is called.",
                "type": ["string", "number", "boolean"],
                "minLength": 1,
            },
            "lives": {
                "description": "How many it has left.",
                "type": "integer",
                "minimum": 1,
                "maximum": 9,
            },
            "lifes": {
                "description": "How many it has left.",
                "type": "integer",
                "minimum": 1,
                "maximum": 9,
            },
        },
        "additionalProperties": False,
        "required": ["name"],
    }
