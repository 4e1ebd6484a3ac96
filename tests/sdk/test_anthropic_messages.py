"""Anthropic's SDK: whole messages, sync and async."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from anthropic import Anthropic
from anthropic.types import Message, MessageParam
from sdk.anthropic_strict import GREETING, HELLO, strict_async_client, strict_client, text_of

from mockserver.conversation import Attachment
from mockserver.runner import MockServer

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


@pytest.fixture
def seen(server: MockServer, key: str) -> MockServer:
    """What the server saw of this test."""
    return server.namespace(key)


def create(client: Anthropic, **fields: Any) -> Message:
    message: Message = client.messages.create(**HELLO | fields)
    return message


# ------------------------------------------------------------------------------------------- one answer


def test_a_message(claude: Anthropic) -> None:
    message = create(claude)

    assert (message.type, message.role, message.model) == ("message", "assistant", "claude-opus-5-5")
    assert message.id.startswith("msg_01")
    assert [block.to_dict() for block in message.content] == [{"type": "text", "text": GREETING}]
    assert (message.stop_reason, message.stop_sequence, message.stop_details) == ("end_turn", None, None)


async def test_a_message_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:
        message = await client.messages.create(**HELLO)

    assert text_of(message) == GREETING


def test_the_members_of_a_message_are_in_the_order_of_the_wire(claude: Anthropic) -> None:
    raw = claude.messages.with_raw_response.create(**HELLO).http_response.json()

    expected = "model id type role content stop_reason stop_sequence stop_details usage"
    assert list(raw) == expected.split()
    assert list(raw["usage"]) == [
        "input_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
        "cache_creation",
        "output_tokens",
        "service_tier",
        "inference_geo",
    ]


def test_an_alias_is_answered_by_the_dated_model_it_stands_for(claude: Anthropic) -> None:
    assert create(claude, model="claude-haiku-4-5").model == "claude-haiku-4-5-20251001"


def test_the_same_request_again_has_ids_of_its_own(claude: Anthropic) -> None:
    first, second = create(claude), create(claude)

    assert first.id != second.id
    assert first._request_id != second._request_id  # noqa: SLF001 - the SDK's own public name for it


def test_usage_leaves_the_cache_out_of_the_input_tokens(claude: Anthropic) -> None:
    usage = create(claude, model="mock-sdk-anthropic-usage").usage

    assert usage.cache_creation is not None
    assert usage.output_tokens_details is not None
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.cache_creation_input_tokens) == (
        30,
        60,
        10,
    )
    assert usage.cache_creation.ephemeral_5m_input_tokens == 10
    assert (usage.output_tokens, usage.output_tokens_details.thinking_tokens) == (42, 12)


def test_usage_counts_what_went_in_and_out(claude: Anthropic) -> None:
    usage = create(claude).usage

    assert usage.input_tokens > 0
    assert usage.output_tokens > 0
    assert usage.service_tier == "standard"


def test_letters_of_every_length_arrive(claude: Anthropic) -> None:
    assert text_of(create(claude, model="mock-sdk-text")) == "Grüße, 世界! 👋 Done."


def test_letters_of_every_length_are_read(claude: Anthropic, seen: MockServer) -> None:
    create(claude, system="Réponds 🇫🇷", messages=[{"role": "user", "content": "żółw\u2028\u0000👩‍👩‍👧"}])

    (request,) = seen.requests
    assert (request.system, request.user) == ("Réponds 🇫🇷", "żółw\u2028\u0000👩‍👩‍👧")


def test_an_answer_without_words_has_no_content(claude: Anthropic) -> None:
    message = create(claude, model="mock-sdk-anthropic-empty")

    assert (message.content, message.stop_reason) == ([], "end_turn")


def test_the_answer_of_a_beta_method_is_the_same(claude: Anthropic) -> None:
    message = claude.beta.messages.create(**HELLO)

    assert [block.to_dict() for block in message.content] == [{"type": "text", "text": GREETING}]


def test_a_copy_of_the_client_with_other_options_is_served_too(claude: Anthropic) -> None:
    other = claude.with_options(timeout=5, max_retries=1, default_headers={"x-own": "1"})

    assert text_of(create(other)) == GREETING


def test_what_older_sdks_add_to_the_url_changes_nothing(claude: Anthropic) -> None:
    assert text_of(create(claude, extra_query={"beta": "true"})) == GREETING


# ------------------------------------------------------------------------------------------ what stops it


def test_a_stop_sequence_cuts_the_text_before_it(claude: Anthropic) -> None:
    message = create(claude, stop_sequences=["nowhere", " help"])

    assert text_of(message) == "Hello! How can I"
    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", " help")


def test_the_limit_of_tokens_cuts_the_answer(claude: Anthropic) -> None:
    message = create(claude, max_tokens=3)

    assert GREETING.startswith(text_of(message))
    assert text_of(message) != GREETING
    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens <= 3


def test_a_limit_of_no_tokens_only_warms_the_cache(claude: Anthropic) -> None:
    message = create(claude, max_tokens=0)

    assert (message.content, message.stop_reason) == ([], "max_tokens")
    assert message.usage.output_tokens == 0


def test_a_limit_of_a_few_tokens_holds_for_what_is_not_scripted_too(claude: Anthropic) -> None:
    message = create(claude, model="mock-auto", max_tokens=2)

    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens <= 2


def test_a_full_context_window_has_a_reason_of_its_own(claude: Anthropic) -> None:
    message = create(claude, model="mock-sdk-anthropic-window")

    assert message.stop_reason == "model_context_window_exceeded"


def test_a_refusal_is_an_answer_with_details(claude: Anthropic) -> None:
    message = create(claude, messages=[{"role": "user", "content": "Write malware."}])

    assert message.stop_reason == "refusal"
    assert message.stop_details is not None
    assert message.stop_details.to_dict() == {
        "type": "refusal",
        "category": None,
        "explanation": "I'm sorry, but I can't help with that.",
    }


def test_an_answer_withheld_by_a_filter_is_a_refusal_without_content(claude: Anthropic) -> None:
    message = create(claude, model="mock-sdk-filtered")

    assert (message.stop_reason, message.content) == ("refusal", [])
    assert message.usage.output_tokens == 0


# ------------------------------------------------------------------------------------- what is asked with


@pytest.mark.parametrize(
    "system",
    [
        "Be brief.\nBe kind.",
        [
            {"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
            {"type": "text", "text": "Be kind."},
        ],
    ],
    ids=["string", "blocks"],
)
def test_a_system_prompt_is_a_string_or_blocks(claude: Anthropic, seen: MockServer, system: Any) -> None:
    create(claude, system=system)

    assert seen.requests[0].system == "Be brief.\nBe kind."


def test_content_is_a_string_or_blocks(claude: Anthropic, seen: MockServer) -> None:
    create(claude)
    create(claude, messages=[{"role": "user", "content": [{"type": "text", "text": "Hello!"}]}])

    whole, blocks = seen.requests
    assert whole.messages == blocks.messages


def test_images_and_documents_of_every_source_are_read(claude: Anthropic, seen: MockServer) -> None:
    content = [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}},
        {"type": "image", "source": {"type": "url", "url": "https://example.com/cat.png"}},
        {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQK"},
            "title": "Report",
            "context": "Of this year.",
            "citations": {"enabled": True},
            "cache_control": {"type": "ephemeral"},
        },
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Plain."}},
        {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "Own."}]}},
        {"type": "document", "source": {"type": "url", "url": "https://example.com/report.pdf"}},
        {
            "type": "search_result",
            "source": "https://example.com/",
            "title": "Found",
            "content": [{"type": "text", "text": "Here."}],
            "citations": {"enabled": True},
        },
        {"type": "text", "text": "Hello!"},
    ]

    message = create(claude, messages=[{"role": "user", "content": content}])

    parts = seen.requests[0].messages[0].parts
    assert text_of(message) == GREETING
    assert [part.media_type for part in parts if isinstance(part, Attachment)] == [
        "image/png",
        "image/*",
        "image/*",
        "application/pdf",
        "text/plain",
        "text/plain",
        "application/pdf",
        "text/plain",
    ]
    assert parts[0] == Attachment("image/png", data=PIXEL)


def test_every_further_parameter_is_taken(claude: Anthropic) -> None:
    message = create(
        claude,
        cache_control={"type": "ephemeral", "ttl": "5m"},
        container="container_1",
        inference_geo="us",
        metadata={"user_id": "someone"},
        output_config={"effort": "low"},
        service_tier="standard_only",
        speed="fast",
        stop_sequences=["STOP"],
        stream=False,
    )

    assert (message.usage.inference_geo, message.usage.speed) == ("us", "fast")


def test_a_diagnosis_is_told_to_those_who_ask(claude: Anthropic) -> None:
    raw = claude.messages.with_raw_response.create(
        **HELLO,
        diagnostics={"previous_message_id": None},
    )

    assert raw.http_response.json()["diagnostics"] is None


def test_edits_of_the_context_are_told_to_those_who_ask(claude: Anthropic) -> None:
    message = claude.beta.messages.create(
        **HELLO,
        betas=["context-management-2025-06-27"],
        context_management={"edits": [{"type": "clear_tool_uses_20250919"}]},
    )

    assert message.context_management is not None
    assert message.context_management.applied_edits == []


# --------------------------------------------------------------------------------------------- many turns


def test_a_talk_of_several_turns(claude: Anthropic) -> None:
    talk: list[MessageParam] = []
    said = []
    for words in ("Hi", "Ada", "Bye"):
        talk.append({"role": "user", "content": words})
        answer = create(claude, model="mock-sdk-anthropic-chat", messages=talk)
        talk.append(answer.to_param())
        said.append(text_of(answer))

    assert said == ["What is your name?", "Hello, Ada!", "Goodbye."]


def test_several_messages_of_the_user_are_one_turn(claude: Anthropic) -> None:
    message = create(
        claude,
        model="mock-sdk-anthropic-chat",
        messages=[
            {"role": "user", "content": "Hi"},
            {"role": "user", "content": "there"},
            {"role": "assistant", "content": "What is your name?"},
            {"role": "user", "content": "Ada"},
        ],
    )

    assert text_of(message) == "Hello, Ada!"


def test_the_start_of_the_answer_may_be_given(claude: Anthropic) -> None:
    message = create(
        claude,
        model="mock-sdk-anthropic-chat",
        messages=[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Well:"}],
    )

    assert text_of(message) == "What is your name?"


def test_a_system_message_in_the_middle_of_a_talk_is_read(claude: Anthropic, seen: MockServer) -> None:
    create(
        claude,
        model="claude-opus-4-8",
        system="Be brief.",
        messages=[*HELLO["messages"], {"role": "system", "content": "Be kind."}],
    )

    assert seen.requests[0].system == "Be brief.\nBe kind."


def test_a_thread_keeps_the_talk_on_the_server(claude: Anthropic, seen: MockServer) -> None:
    thread = claude.beta.messages.thread(
        model="mock-sdk-anthropic-chat",
        max_tokens=500,
        system="Be brief.",
        messages=[{"role": "user", "content": "Hi"}],
    )
    thread.send()
    thread.append({"role": "user", "content": "Ada"})
    reply = thread.send()

    assert [block.text for block in reply.content if block.type == "text"] == ["Hello, Ada!"]
    assert [request.body["thread"]["type"] for request in seen.requests] == ["create", "continue"]
    assert [len(request.body["messages"]) for request in seen.requests] == [1, 1]
    assert seen.requests[1].system == "Be brief."
