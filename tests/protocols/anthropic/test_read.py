"""A body as the neutral request."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.anthropic.messages_wire import CONTEXT, body_of, post, request

from mockserver.conversation import Failure, Format
from mockserver.protocols.anthropic import MESSAGES


def test_the_plain_members_are_taken_over() -> None:
    found = request(model="claude-x", max_tokens=7, stream=True, stop_sequences=["END"])

    assert (found.protocol, found.model, found.max_tokens) == ("anthropic", "claude-x", 7)
    assert (found.stream, found.stop) == (True, ("END",))


def test_the_body_is_kept_as_it_came() -> None:
    found = request(some_day={"a": 1})

    assert found.body["some_day"] == {"a": 1}


def test_an_output_format_is_a_json_schema() -> None:
    schema = {"type": "object", "additionalProperties": False}

    found = request(output_config={"format": {"type": "json_schema", "schema": schema}, "effort": "low"})

    assert found.format == Format("json_schema", schema)


@pytest.mark.parametrize(
    ("thinking", "expected"),
    [
        (..., True),
        ({"type": "adaptive"}, True),
        ({"type": "adaptive", "display": "omitted"}, True),
        ({"type": "enabled", "budget_tokens": 1024}, True),
        ({"type": "between_tools"}, True),
        ({"type": "disabled"}, False),
    ],
)
def test_the_model_thinks_unless_it_is_told_not_to(thinking: Any, *, expected: bool) -> None:
    assert request(model="mock-thinking", thinking=thinking).thinks is expected


def test_thinking_is_never_left_out_for_being_hidden() -> None:
    assert request(thinking={"type": "adaptive", "display": "omitted"}).include_thinking


def test_null_is_as_good_as_nothing_where_the_api_says_so() -> None:
    found = request(
        cache_control=None,
        container=None,
        diagnostics=None,
        inference_geo=None,
        metadata=None,
        output_config={"effort": None, "format": None},
        speed=None,
        stop_sequences=None,
    )

    assert found.stop == ()


# ------------------------------------------------------------------------------------------------- bodies


def refusal(content: bytes) -> Failure:
    found = MESSAGES.read(post(content), CONTEXT)
    assert isinstance(found, Failure)
    return found


def test_a_body_that_is_no_json_is_refused_with_the_place_where_it_breaks() -> None:
    found = refusal(b'{"model": ')

    assert found.kind == "malformed_json"
    assert str(found.message).startswith("The request body is not valid JSON: ")
    assert "line 1 column 11" in str(found.message)


def test_a_body_that_is_no_object_is_refused() -> None:
    assert refusal(b"[]") == Failure("invalid_request", message="Input should be an object")


def test_a_body_nested_too_deeply_to_be_written_again_is_refused() -> None:
    found = refusal(orjson.dumps(body_of()).replace(b"{", b'{"deep":' + b"[" * 300 + b"]" * 300 + b",", 1))

    assert found.kind == "malformed_json"
    assert "nested deeper than" in str(found.message)
