"""How the blocks of an answer depart from the documentation: their order, calls and thinking."""

from __future__ import annotations

import pytest
from protocols.anthropic.deviating import (
    CALL,
    CUT_CALL,
    HELLO,
    PARALLEL,
    PLAIN_CALL,
    REDACTED,
    THOUGHT,
    deltas_of,
    ending,
    frames,
    opened,
    outline,
    told,
    whole,
)
from protocols.anthropic.messages_wire import rendered, streamed

from mockserver.conversation import Reply, Text, ToolCall
from mockserver.protocols.anthropic import MESSAGES

# -------------------------------------------------------------------------------------------------- blocks

OUTLINES = [
    ("block-start-missing", THOUGHT, [" 0 Hm", " 0 c2ln", "-0", " 1 Hi", "-1"]),
    ("block-stop-missing", THOUGHT, ["+0 thinking", " 0 Hm", " 0 c2ln", "+1 text", " 1 Hi"]),
    ("block-stop-early", THOUGHT, ["+0 thinking", " 0 Hm", "-0", " 0 c2ln", "+1 text", "-1", " 1 Hi"]),
    ("block-stop-early", REDACTED, ["+0 redacted_thinking", "-0", "+1 text", "-1", " 1 Hi"]),
    ("block-stops-late", THOUGHT, ["+0 thinking", " 0 Hm", " 0 c2ln", "+1 text", " 1 Hi", "-0", "-1"]),
    ("block-index-gap", THOUGHT, ["+0 thinking", " 0 Hm", " 0 c2ln", "-0", "+2 text", " 2 Hi", "-2"]),
    ("block-index-from-one", THOUGHT, ["+1 thinking", " 1 Hm", " 1 c2ln", "-1", "+2 text", " 2 Hi", "-2"]),
    ("block-index-constant", THOUGHT, ["+0 thinking", " 0 Hm", " 0 c2ln", "-0", "+0 text", " 0 Hi", "-0"]),
    ("empty-delta", HELLO, ["+0 text", " 0 ", " 0 Hi", " 0 ", " 0  there", "-0"]),
    ("text-in-start", HELLO, ["+0 text", " 0  there", "-0"]),
    ("phantom-text-block", PLAIN_CALL, ["+0 text", "-0", "+1 tool_use", " 1 ", "-1"]),
    ("tool-blocks-missing", PARALLEL, ["+0 text", " 0 Look", " 0 .", "-0"]),
    ("tool-blocks-missing", PLAIN_CALL, []),
    ("tool-blocks-missing", Reply((ToolCall("f", {}), Text("Hi"))), ["+0 text", " 0 Hi", "-0"]),
    ("tool-delta-empty", CALL, ["+0 tool_use", " 0 ", "-0"]),
    ("tool-delta-empty", CUT_CALL, ["+0 tool_use", " 0 ", "-0"]),
    ("tool-input-in-start", CALL, ["+0 tool_use", "-0"]),
    ("call-arguments-object", CALL, ["+0 tool_use", " 0 {'a': 1}", "-0"]),
    ("call-arguments-object", PLAIN_CALL, ["+0 tool_use", " 0 {}", "-0"]),
    ("signature-missing", THOUGHT, ["+0 thinking", " 0 Hm", "-0", "+1 text", " 1 Hi", "-1"]),
    ("signature-empty", THOUGHT, ["+0 thinking", " 0 Hm", "-0", "+1 text", " 1 Hi", "-1"]),
    ("signature-in-start", THOUGHT, ["+0 thinking", " 0 Hm", "-0", "+1 text", " 1 Hi", "-1"]),
    ("signature-late", THOUGHT, ["+0 thinking", " 0 Hm", "-0", "+1 text", " 1 Hi", "-1", " 0 c2ln"]),
    ("thinking-in-text-block", THOUGHT, ["+0 text", " 0 Hm", "-0", "+1 text", " 1 Hi", "-1"]),
]


@pytest.mark.parametrize(("name", "reply", "expected"), OUTLINES)
def test_the_blocks_of_a_deviating_stream(name: str, reply: Reply, expected: list[str]) -> None:
    assert outline(name, reply) == expected


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        *[(name, HELLO) for name in MESSAGES.deviations if name.startswith(("tool-", "call-", "signature-"))],
        ("phantom-text-block", HELLO),
        ("thinking-in-text-block", HELLO),
        ("block-index-gap", HELLO),
        ("empty-delta", CALL),
        ("text-in-start", CALL),
        ("tool-delta-empty", PLAIN_CALL),
        ("signature-missing", REDACTED),
        ("signature-in-start", REDACTED),
        ("finish-lies", HELLO),
        ("finish-stop-for-tools", HELLO),
    ],
)
def test_an_answer_with_nothing_to_show_keeps_its_bytes(name: str, reply: Reply) -> None:
    assert b"".join(frames(name, reply)) == streamed(reply).body


def test_the_blocks_after_a_phantom_are_numbered_on() -> None:
    indexes = [event["index"] for event in told("phantom-text-block", PARALLEL) if "content_block" in event]

    assert indexes == [0, 1, 2, 3]
    assert opened("phantom-text-block", *PARALLEL.parts)[1] == {"type": "text", "text": ""}


def test_a_phantom_stands_before_the_first_call_in_json() -> None:
    blocks = whole("phantom-text-block", PARALLEL)["content"]

    assert [block["type"] for block in blocks] == ["text", "text", "tool_use", "tool_use"]
    assert blocks[1] == {"type": "text", "text": ""}


def test_an_answer_ends_for_calls_that_never_came() -> None:
    message = whole("tool-blocks-missing", PARALLEL)

    assert [block["type"] for block in message["content"]] == ["text"]
    assert message["stop_reason"] == "tool_use"
    assert ending("tool-blocks-missing", PARALLEL)["delta"]["stop_reason"] == "tool_use"


def test_the_first_piece_of_a_text_stands_in_its_start() -> None:
    assert opened("text-in-start", Text("Hi there")) == [{"type": "text", "text": "Hi"}]


# --------------------------------------------------------------------------------------------------- calls


@pytest.mark.parametrize(("name", "member"), [("tool-input-missing", "input"), ("call-id-missing", "id")])
def test_a_member_of_a_call_is_missing(name: str, member: str) -> None:
    (plain,) = rendered(CALL)["content"]
    (started,), (block,) = opened(name, *CALL.parts), whole(name, CALL)["content"]

    assert plain.keys() - started.keys() == {member}
    assert plain.keys() - block.keys() == {member}


def test_the_whole_input_stands_in_the_start() -> None:
    blocks = opened("tool-input-in-start", *PARALLEL.parts)

    assert [block.get("input") for block in blocks] == [None, {"a": 1}, {"b": 2}]


def test_input_that_makes_no_object_stands_in_the_start_as_it_is() -> None:
    (block,) = opened("tool-input-in-start", *CUT_CALL.parts)

    assert block["input"] == '{"a": '


def test_arguments_are_a_text_where_an_object_is_due() -> None:
    assert opened("call-arguments-text", *CALL.parts)[0]["input"] == "{}"
    assert whole("call-arguments-text", CALL)["content"][0]["input"] == '{"a":1}'


def test_arguments_are_an_object_where_a_text_is_due() -> None:
    deltas = deltas_of("call-arguments-object", PARALLEL)

    assert [delta["partial_json"] for delta in deltas if "partial_json" in delta] == [{"a": 1}, {"b": 2}]


# ------------------------------------------------------------------------------------------------ thinking


def test_thinking_has_no_signature() -> None:
    blocks = whole("signature-missing", THOUGHT)["content"]

    assert opened("signature-missing", *THOUGHT.parts)[0] == {"type": "thinking", "thinking": ""}
    assert blocks[0] == {"type": "thinking", "thinking": "Hm"}


def test_thinking_has_an_empty_signature() -> None:
    block = {"type": "thinking", "thinking": "Hm", "signature": ""}

    assert opened("signature-empty", *THOUGHT.parts)[0] == block | {"thinking": ""}
    assert whole("signature-empty", THOUGHT)["content"] == [block, {"type": "text", "text": "Hi"}]


def test_the_signature_stands_in_the_start() -> None:
    block = opened("signature-in-start", *THOUGHT.parts)[0]

    assert block == {"type": "thinking", "thinking": "", "signature": "c2ln"}


def test_thinking_comes_into_a_block_of_text() -> None:
    assert opened("thinking-in-text-block", *THOUGHT.parts)[0] == {"type": "text", "text": ""}
    assert deltas_of("thinking-in-text-block", THOUGHT) == [
        {"type": "thinking_delta", "thinking": "Hm"},
        {"type": "text_delta", "text": "Hi"},
    ]
