"""YAML text to nodes with places, and what is refused on the way."""

from __future__ import annotations

import pytest

from mockserver.scenario import yaml_nodes
from mockserver.scenario.problems import ProblemError
from mockserver.scenario.yaml_nodes import (
    DEEPEST,
    BrokenNode,
    Composed,
    ListNode,
    MappingNode,
    Node,
    ScalarNode,
    compose,
    decode,
)


def told(text: str) -> list[str]:
    return [f"{p.place.line}:{p.place.column} {p.what}" for p in compose(text, "a.yaml").problems]


def only(text: str) -> Node:
    composed = compose(text, "a.yaml")
    assert composed.problems == ()
    (node,) = composed.documents
    return node


def keys(text: str) -> list[str]:
    node = only(text)
    assert isinstance(node, MappingNode)
    return [entry.key.text for entry in node.entries]


def test_nodes_know_their_places() -> None:
    node = only("a:\n  - b\n")
    assert isinstance(node, MappingNode)
    value = node.entries[0].value
    assert isinstance(value, ListNode)

    assert str(node.place) == "a.yaml:1:1"
    assert str(value.place) == "a.yaml:2:3"
    assert str(value.items[0].place) == "a.yaml:2:5"
    assert value.items[0].place.source == "  - b"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_lines_are_counted_as_the_parser_counts_them(line_break: str) -> None:
    node = only(f"a: b{line_break}c: d{line_break}")
    assert isinstance(node, MappingNode)

    assert (node.entries[1].key.place.line, node.entries[1].key.place.source) == (2, "c: d")


@pytest.mark.parametrize("text", ["no", "12:30", "0o7", "~", "1_000", "2026-01-01", "<<x"])
def test_a_scalar_keeps_its_source_text(text: str) -> None:
    node = only(text)

    assert isinstance(node, ScalarNode)
    assert (node.text, node.plain) == (text, True)


@pytest.mark.parametrize("text", ["'no'", '"no"', "|-\n no", ">-\n no", "!!str no", "! no"])
def test_a_scalar_that_is_meant_as_text_is_not_plain(text: str) -> None:
    node = only(text)

    assert isinstance(node, ScalarNode)
    assert (node.text, node.plain) == ("no", False)


def test_a_line_of_a_literal_block_has_a_place() -> None:
    node = only("a: |\n  one\n  two\n")
    assert isinstance(node, MappingNode)
    value = node.entries[0].value
    assert isinstance(value, ScalarNode)

    assert str(value.line_place(1)) == "a.yaml:3:3"


def test_a_line_of_another_text_has_the_place_of_the_text() -> None:
    node = only('"one\n  two"')
    assert isinstance(node, ScalarNode)

    assert node.line_place(1) == node.place


def test_documents_are_kept_and_empty_ones_passed_over() -> None:
    documents = compose("a\n---\n---\nb\n---\n", "a.yaml").documents

    assert [node.text for node in documents if isinstance(node, ScalarNode)] == ["a", "b"]


def test_documents_before_a_mistake_are_kept() -> None:
    composed = compose("a: 1\n---\nb: [", "a.yaml")

    assert (len(composed.documents), len(composed.problems)) == (1, 1)


def test_a_second_key_of_one_name_is_a_problem_and_the_first_counts() -> None:
    composed = compose("{a: 1, a: 2}", "a.yaml")
    (node,) = composed.documents
    assert isinstance(node, MappingNode)

    assert [entry.value.place.column for entry in node.entries] == [5]
    assert [problem.what for problem in composed.problems] == [
        "the key `a` stands here twice, first in line 1"
    ]


def test_a_key_is_always_text() -> None:
    assert keys("{1: a, true: b, ~: c, 1.0: d, yes: e}") == ["1", "true", "~", "1.0", "yes"]


def test_merged_keys_come_after_the_mapping_s_own() -> None:
    assert keys("{<<: {x: 1, y: 2}, y: 3, z: 4}") == ["y", "z", "x"]


def test_a_quoted_merge_key_is_a_key() -> None:
    assert keys('{"<<": a}') == ["<<"]


def test_an_anchor_ends_with_its_document() -> None:
    assert told("&a x\n---\n*a\n") == ["3:1 `*a` refers to no anchor above it in this document"]


def test_an_anchor_can_be_set_again() -> None:
    node = only("[&a x, *a, &a y, *a]")
    assert isinstance(node, ListNode)

    assert [item.text for item in node.items if isinstance(item, ScalarNode)] == ["x", "x", "y", "y"]


@pytest.mark.parametrize("text", ["!!binary aGk=", "!mine x", "!!set {a}", "!x [a]"])
def test_a_tag_is_a_problem_and_its_value_is_broken(text: str) -> None:
    composed = compose(text, "a.yaml")

    assert [type(node) for node in composed.documents] == [BrokenNode]
    assert len(composed.problems) == 1


@pytest.mark.parametrize("text", ["!!map {a: b}", "!!seq [a]", "! [a]"])
def test_a_tag_that_says_nothing_new_is_accepted(text: str) -> None:
    assert told(text) == []


def test_nesting_is_bounded() -> None:
    assert told("[" * DEEPEST + "]" * DEEPEST) == []
    assert told("[" * 900) == [f"1:{DEEPEST + 1} nested deeper than {DEEPEST} levels"]
    assert len(told("[" * 100_000)) == 1  # PyYAML has a limit of its own, in words of its own


@pytest.fixture
def few_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_nodes, "MOST_NODES", 10)


def test_the_number_of_values_is_bounded(few_nodes: None) -> None:
    assert told("[1, 2, 3, 4, 5, 6, 7, 8, 9]") == []
    assert told("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]") == [
        "1:33 the document holds more than 10 values, aliases written out"
    ]


def test_aliases_count_as_what_they_stand_for(few_nodes: None) -> None:
    assert told("[&a [1, 2, 3, 4], *a, *a]") == [
        "1:23 the document holds more than 10 values, aliases written out"
    ]


def test_the_bound_is_for_each_document(few_nodes: None) -> None:
    assert told("[1, 2, 3, 4, 5, 6]\n---\n[1, 2, 3, 4, 5, 6]\n") == []


def test_a_bomb_of_aliases_is_put_out() -> None:
    bomb = "\n".join(
        ["- &a0 [x]", *(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9))],
    )

    assert len(told(bomb)) == 1


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\ud800", "\ufffe"])
def test_a_character_that_yaml_does_not_know_is_a_problem_at_its_place(character: str) -> None:
    assert told(f"a: b\nc: d{character}") == [
        f"2:5 the character U+{ord(character):04X} may not stand in YAML"
    ]


def test_the_byte_order_mark_is_passed_over() -> None:
    assert decode("\ufeffa: b".encode(), "a.yaml") == "a: b"


def test_a_byte_that_is_not_utf_8_has_a_place() -> None:
    with pytest.raises(ProblemError) as caught:
        decode("\ufeff# é\na: ".encode() + b"\xfc: b", "a.yaml")

    assert str(caught.value.problem.place) == "a.yaml:2:4"


def test_nothing_at_all_is_no_document() -> None:
    assert compose("", "a.yaml") == Composed((), ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c", "1:5 `: ` begins a value where none can stand"),
        ("a:\n\t- b", "2:1 a tab cannot indent YAML"),
        ("a: @b", "1:4 a plain text cannot begin with `@`"),
        ("a: *", "1:4 `*` begins an alias and `&` an anchor, but no name follows"),
        ("a: !b!c d", "1:4 `!` begins a YAML tag, which means nothing here"),
        ("a: 'b", "1:4 the quote that opens here is never closed"),
        ('a: "\\q"', "1:5 a double-quoted text knows no such escape"),
        ("a: b\nc", "2:1 a line that is neither `key: value` nor part of a text"),
        ("a: [b", "1:4 the list that opens here with `[` is not well closed"),
        ("a: {b", "1:4 the mapping that opens here with `{` is not well closed"),
        ("a: [b] c", "1:8 this does not fit the mapping around it"),
        ("- a\nb: c", "2:1 this does not fit the list around it"),
        ("a: - b", "1:4 `- ` begins a list where none can stand"),
        ("a: b\n...\nc", "3:1 the document has ended, but something follows"),
        ("- {{ a }} b", "1:4 a template must stand in quotes"),
        ("- {{ a b", "1:4 a template must stand in quotes"),
        ("%FOO\n---\na", "1:5 this is not YAML: found unknown directive name"),
    ],
)
def test_the_parser_s_complaints_are_told_in_words_that_help(text: str, expected: str) -> None:
    assert told(text) == [expected]
