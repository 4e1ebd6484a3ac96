"""Messages and system prompt of a body as the neutral conversation."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from protocols.anthropic.messages_wire import HI, request

from mockserver.conversation import (
    Attachment,
    Message,
    MessagePart,
    Native,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)


def base64_of(text: str) -> str:
    return b64encode(text.encode()).decode()


def of_user(*blocks: Any) -> tuple[Message, ...]:
    """What a user message with these blocks is read as."""
    return request(messages=[{"role": "user", "content": list(blocks)}]).messages


def of_results(*blocks: Any) -> tuple[Message, ...]:
    """What a user message with these blocks is read as, after the calls that its results answer."""
    answered = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
    calls = [{"type": "tool_use", "id": call, "name": "f", "input": {}} for call in answered]
    turns = [{"role": "assistant", "content": calls}, {"role": "user", "content": list(blocks)}]
    return request(messages=[*HI, *turns]).messages[2:]


def test_text_is_shorthand_for_a_text_block() -> None:
    assert of_user({"type": "text", "text": "Hi"}) == request(messages=HI).messages


# ------------------------------------------------------------------------------------------- user blocks


@pytest.mark.parametrize(
    ("block", "part"),
    [
        (
            {"type": "text", "text": "Hi", "citations": None, "cache_control": {"type": "ephemeral"}},
            Text("Hi"),
        ),
        (
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}},
            Attachment("image/png", data="aGk="),
        ),
        (
            {"type": "image", "source": {"type": "url", "url": "https://x.test/a.png"}},
            Attachment("image/*", url="https://x.test/a.png"),
        ),
        (
            {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
            Attachment("image/*", url="file_1"),
        ),
        (
            {
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": "aGk="},
            },
            Attachment("application/pdf", data="aGk="),
        ),
        (
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "words"}},
            Attachment("text/plain", data=base64_of("words")),
        ),
        (
            {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "a"}]}},
            Attachment("text/plain", data=base64_of("a")),
        ),
        (
            {"type": "document", "source": {"type": "url", "url": "https://x.test/a.pdf"}, "title": None},
            Attachment("application/pdf", url="https://x.test/a.pdf"),
        ),
        (
            {
                "type": "search_result",
                "source": "https://x.test",
                "title": "X",
                "content": [{"type": "text", "text": "found"}],
                "citations": {"enabled": True},
            },
            Attachment("text/plain", data=base64_of("found"), url="https://x.test"),
        ),
        (
            {"type": "container_upload", "file_id": "file_1"},
            Native({"anthropic": {"type": "container_upload", "file_id": "file_1"}}),
        ),
    ],
)
def test_a_block_of_the_user_is_a_part(block: Any, part: MessagePart) -> None:
    assert of_user(block) == (Message("user", (part,)),)


def test_tool_results_are_messages_of_their_own() -> None:
    found = of_results(
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "18 °C"},
        {"type": "tool_result", "tool_use_id": "toolu_2", "is_error": True},
        {"type": "text", "text": "And now?"},
    )

    expected = (
        Message("tool", (ToolResult("toolu_1", "18 °C"), ToolResult("toolu_2", "", is_error=True))),
        Message("user", (Text("And now?"),)),
    )
    assert found == expected


def test_the_words_in_a_tool_results_blocks_are_its_text() -> None:
    blocks = [
        {"type": "text", "text": "one"},
        {"type": "image", "source": {"type": "url", "url": "https://x.test/a.png"}},
        {
            "type": "search_result",
            "source": "s",
            "title": "t",
            "content": [{"type": "text", "text": "two"}],
        },
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "three"}},
        {"type": "document", "source": {"type": "content", "content": "four"}},
        {"type": "document", "source": {"type": "url", "url": "https://x.test/a.pdf"}},
        {"type": "tool_reference", "tool_name": "f"},
    ]

    found = of_results({"type": "tool_result", "tool_use_id": "toolu_1", "content": blocks, "is_error": None})

    assert found == (Message("tool", (ToolResult("toolu_1", "one\ntwo\nthree\nfour"),)),)


# -------------------------------------------------------------------------------------- assistant blocks


def test_the_assistants_turn_is_read_as_it_was_written() -> None:
    search = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
    blocks = [
        {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
        {"type": "redacted_thinking", "data": "b3BhcXVl"},
        {"type": "text", "text": "I look.", "citations": None},
        search,
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": 1}, "caller": {"type": "direct"}},
    ]

    result = {"type": "tool_result", "tool_use_id": "toolu_1"}
    turns = [{"role": "assistant", "content": blocks}, {"role": "user", "content": [result]}]
    found = request(messages=[*HI, *turns]).messages[1]

    expected = (
        Thinking("Hm.", "c2ln"),
        Thinking("b3BhcXVl", redacted=True),
        Text("I look."),
        Native({"anthropic": search}),
        ToolCall("f", {"a": 1}, "toolu_1"),
    )
    assert found == Message("assistant", expected)


# ------------------------------------------------------------------------------------------------ system


@pytest.mark.parametrize(
    ("system", "text"),
    [
        ("Be brief.", "Be brief."),
        (
            [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Be kind."}],
            "Be brief.\nBe kind.",
        ),
        ([], ""),
        (..., ""),
    ],
)
def test_the_system_prompt_is_one_text(system: Any, text: str) -> None:
    assert request(system=system).system == text


def test_a_block_for_the_system_at_the_end_of_a_turn_adds_to_the_system_prompt() -> None:
    later = {"type": "mid_conv_system", "content": [{"type": "text", "text": "Be kind."}]}

    found = request(
        system="Be brief.", messages=[{"role": "user", "content": [{"type": "text", "text": "Hi"}, later]}]
    )

    assert found.system == "Be brief.\nBe kind."
    assert found.messages == (Message("user", (Text("Hi"),)),)


def test_system_messages_add_to_the_system_prompt() -> None:
    later = {"role": "system", "content": [{"type": "text", "text": "Be kind."}]}

    found = request(system="Be brief.", messages=[*HI, later])

    assert found.system == "Be brief.\nBe kind."
    assert [message.role for message in found.messages] == ["user"]
