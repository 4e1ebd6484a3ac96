"""The two styles of JSON on the Gemini wire."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.protocols.gemini.wire import one_line, pretty

TRICKY = [
    '"',
    '":',
    '\\":',
    '\\\\":',
    "a\\",
    ":",
    "a:",
    "[",
    ',":',
    '{"a": 1}',
    "\u2028\x85\x7f\x00\x1f\n",
    "„ü“👋",
]
texts = st.sampled_from(TRICKY) | st.text(max_size=4)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
DEEP: list[Any] = []
for _ in range(300):
    DEEP = [DEEP]


@given(st.lists(values) | st.dictionaries(texts, values))
def test_one_line_has_a_space_after_colons_only(value: Any) -> None:
    assert one_line(value).decode() == json.dumps(value, ensure_ascii=False, separators=(",", ": "))


@given(values)
def test_whole_answers_are_indented_by_two(value: Any) -> None:
    assert pretty(value).decode() == json.dumps(value, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("value", [2**70, DEEP, {1: 2}], ids=["large", "deep", "numbered"])
def test_what_orjson_does_not_write_is_written_all_the_same(value: Any) -> None:
    expected = json.loads(json.dumps(value))

    assert json.loads(one_line(value)) == expected
    assert json.loads(pretty(value)) == expected
