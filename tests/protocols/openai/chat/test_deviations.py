"""Answers of Chat Completions that depart from the documentation, as the frames of the encoder tell them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.chat_deviating import (
    CALL,
    CUT_CALL,
    CUT_TEXT,
    HELLO,
    THOUGHT,
    USAGE,
    deviant,
    healthy,
    whole,
)
from protocols.openai.chat_wire import CONTEXT, completion, request
from protocols.openai.deviating import edited, failing, told

from mockserver.conversation import Reply, Text, ToolCall, Usage
from mockserver.protocols.openai.chat import DIALECT
from mockserver.protocols.openai.chat.deviations import DEVIATIONS

LEGACY = {"functions": [{"name": "f"}]}


def deviating(name: str, reply: Reply, **members: Any) -> list[str]:
    return told(deviant(name, reply, **members))


def chunks(name: str, reply: Reply, **members: Any) -> list[Any]:
    frames = deviant(name, reply, **members)
    return [orjson.loads(frame[len(b"data: ") :]) for frame in frames if b"[DONE]" not in frame]


ROLE = '{"role":"assistant","content":"","refusal":null}'

TOLD: list[tuple[str, str, Reply, list[str]]] = [
    (
        "the stream ends before it says why",
        "finish-missing",
        HELLO,
        [ROLE, '{"content":"Hello"}', '{"content":" you"}'],
    ),
    (
        "all ends well, but for no reason",
        "finish-null",
        HELLO,
        [ROLE, '{"content":"Hello"}', '{"content":" you"}', "{}", "[DONE]"],
    ),
    (
        "the reason is no text until it is there",
        "finish-empty",
        HELLO,
        [f"{ROLE} ''", '{"content":"Hello"} \'\'', '{"content":" you"} \'\'', "{} 'stop'", "[DONE]"],
    ),
    (
        "the reason comes with the last piece",
        "finish-with-last-delta",
        HELLO,
        [ROLE, '{"content":"Hello"}', '{"content":" you"} \'stop\'', "[DONE]"],
    ),
    (
        "the reason of nothing comes with the role",
        "finish-with-last-delta",
        Reply(()),
        [f"{ROLE} 'stop'", "[DONE]"],
    ),
    (
        "a truncated text is told as whole",
        "finish-lies",
        CUT_TEXT,
        [ROLE, '{"content":"Hello"}', "{} 'stop'", "[DONE]"],
    ),
    (
        "a truncated call is told as whole",
        "finish-lies",
        CUT_CALL,
        [
            ROLE,
            '{"content":"Hi"}',
            '{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]}',
            '{"tool_calls":[{"index":0,"function":{"arguments":"{\\""}}]}',
            '{"tool_calls":[{"index":0,"function":{"arguments":"a"}}]}',
            "{} 'tool_calls'",
            "[DONE]",
        ],
    ),
    (
        "no end marker",
        "done-missing",
        HELLO,
        [ROLE, '{"content":"Hello"}', '{"content":" you"}', "{} 'stop'"],
    ),
    (
        "no role",
        "role-missing",
        HELLO,
        ['{"content":"","refusal":null}', '{"content":"Hello"}', '{"content":" you"}', "{} 'stop'", "[DONE]"],
    ),
    (
        "the role in every delta",
        "role-repeated",
        HELLO,
        [
            ROLE,
            '{"role":"assistant","content":"Hello"}',
            '{"role":"assistant","content":" you"}',
            '{"role":"assistant"} \'stop\'',
            "[DONE]",
        ],
    ),
    (
        "content is null where a delta has none",
        "content-null",
        THOUGHT,
        [
            '{"role":"assistant","content":null,"refusal":null}',
            '{"reasoning_content":"Hm","content":null}',
            '{"reasoning_content":".","content":null}',
            '{"content":"Hi"}',
            "{\"content\":null} 'stop'",
            "[DONE]",
        ],
    ),
    (
        "content is a list of parts",
        "content-parts",
        THOUGHT,
        [
            ROLE,
            '{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]}',
            '{"content":[{"type":"thinking","thinking":[{"type":"text","text":"."}]}]}',
            '{"content":[{"type":"text","text":"Hi"}]}',
            "{} 'stop'",
            "[DONE]",
        ],
    ),
    (
        "reasoning by its other name",
        "reasoning-renamed",
        THOUGHT,
        [ROLE, '{"reasoning":"Hm"}', '{"reasoning":"."}', '{"content":"Hi"}', "{} 'stop'", "[DONE]"],
    ),
    (
        "the last delta is null",
        "delta-null",
        HELLO,
        [ROLE, '{"content":"Hello"}', '{"content":" you"}', "null 'stop'", "[DONE]"],
    ),
    (
        "empty text behind every piece",
        "empty-delta",
        THOUGHT,
        [
            ROLE,
            '{"reasoning_content":"Hm"}',
            '{"content":""}',
            '{"reasoning_content":"."}',
            '{"content":""}',
            '{"content":"Hi"}',
            '{"content":""}',
            "{} 'stop'",
            "[DONE]",
        ],
    ),
    (
        "names in camel case",
        "camel-case",
        CALL,
        [
            (
                '{"role":"assistant","content":null,"toolCalls":[{"index":0,"id":"call_1","type":"function",'
                '"function":{"name":"f","arguments":""}}],"refusal":null}'
            ),
            '{"toolCalls":[{"index":0,"function":{"arguments":"{\\""}}]}',
            '{"toolCalls":[{"index":0,"function":{"arguments":"a"}}]}',
            '{"toolCalls":[{"index":0,"function":{"arguments":"\\":"}}]}',
            '{"toolCalls":[{"index":0,"function":{"arguments":"1"}}]}',
            '{"toolCalls":[{"index":0,"function":{"arguments":"}"}}]}',
            "{}",
            "[DONE]",
        ],
    ),
]


@pytest.mark.parametrize(
    ("name", "reply", "expected"), [case[1:] for case in TOLD], ids=[case[0] for case in TOLD]
)
def test_a_deviation_is_seen_in_what_is_told(name: str, reply: Reply, expected: list[str]) -> None:
    assert deviating(name, reply) == expected


def test_only_the_edited_member_of_a_frame_is_another() -> None:
    first, *_ = deviant("role-missing", HELLO)

    assert first.decode() == (
        'data: {"id":"chatcmpl-kSqf5ql7RutlAOi8bKWDP8rCqseDv","object":"chat.completion.chunk",'
        '"created":1767225600,"model":"gpt-4o-2024-08-06","service_tier":"default",'
        '"system_fingerprint":"fp_55f84aad1d","choices":[{"index":0,'
        '"delta":{"content":"","refusal":null},"logprobs":null,"finish_reason":null}]}\n\n'
    )


def test_a_stream_that_gives_no_reason_anyway_lacks_its_end_marker() -> None:
    frames = edited(DEVIATIONS["finish-null"], healthy(HELLO))

    assert edited(DEVIATIONS["finish-missing"], frames) == frames[:-1]


def test_with_several_choices_each_finishes_with_its_last_piece() -> None:
    assert deviating("finish-with-last-delta", Reply((Text("Hi"),)), n=2) == [
        ROLE,
        f"1: {ROLE}",
        '{"content":"Hi"} \'stop\'',
        '1: {"content":"Hi"} \'stop\'',
        "[DONE]",
    ]


def test_with_several_choices_none_says_why_it_stops() -> None:
    assert deviating("finish-missing", Reply((Text("Hi"),)), n=2, **USAGE) == [
        ROLE,
        '{"content":"Hi"}',
        f"1: {ROLE}",
        '1: {"content":"Hi"}',
    ]


def test_a_truncated_legacy_call_is_told_as_whole() -> None:
    cut = Reply((ToolCall("f", '{"a', "call_1"),), "length")

    assert deviating("finish-lies", cut, **LEGACY)[-2] == "{} 'function_call'"
    assert whole("finish-lies", cut, **LEGACY)["choices"][0]["finish_reason"] == "function_call"


def test_a_filtered_answer_is_told_as_whole() -> None:
    assert (
        whole("finish-lies", Reply((Text("Hi"),), "content_filter"))["choices"][0]["finish_reason"] == "stop"
    )


USAGE_TOLD = [
    ("usage-missing", ["-", "-", "-"]),
    ("usage-null", [None, None, None, None]),
    ("usage-zero", [None, None, None, 0]),
    ("usage-without-choices", [None, None, None, 9]),
    ("usage-repeated", [7, 8, 9, 9]),
    ("usage-unasked", [None, None, None, 9]),
]


@pytest.mark.parametrize(("name", "totals"), USAGE_TOLD, ids=[name for name, _ in USAGE_TOLD])
def test_a_usage_that_was_asked_for_deviates(name: str, totals: list[Any]) -> None:
    reply = Reply((Text("Hi"),), usage=Usage(input=7, output=2))
    usages = [chunk.get("usage", "-") for chunk in chunks(name, reply, **USAGE)]

    assert [usage["total_tokens"] if isinstance(usage, dict) else usage for usage in usages] == totals


def test_the_usage_nobody_asked_for_comes_in_the_chunk_that_was_not_asked_for() -> None:
    asked = healthy(HELLO, **USAGE)

    assert deviant("usage-unasked", HELLO)[-2:] == asked[-2:]


def test_a_usage_in_every_chunk_needs_nobody_to_ask() -> None:
    told_usages = [chunk["usage"] for chunk in chunks("usage-repeated", HELLO)]

    assert told_usages[:2] == [
        {"prompt_tokens": 7, "completion_tokens": 0, "total_tokens": 7},
        {"prompt_tokens": 7, "completion_tokens": 1, "total_tokens": 8},
    ]
    assert told_usages[-1] == completion(HELLO)["usage"]


def test_the_usage_chunk_may_lack_its_choices() -> None:
    *_, last = chunks("usage-without-choices", HELLO, **USAGE)

    assert "choices" not in last
    assert last["usage"]["total_tokens"] == 9


def test_a_preamble_of_the_filter_comes_first() -> None:
    first, *rest = deviant("preamble-without-choices", HELLO)

    assert first.decode() == (
        'data: {"choices":[],"created":0,"id":"","model":"","object":"",'
        '"prompt_filter_results":[{"prompt_index":0,'
        '"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},'
        '"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},'
        '"violence":{"filtered":false,"severity":"safe"}}}]}\n\n'
    )
    assert rest == healthy(HELLO)


def test_choices_are_null_in_a_chunk_of_its_own_and_where_there_are_none() -> None:
    told_choices = [chunk["choices"] for chunk in chunks("choices-null", HELLO, **USAGE)]

    assert [choices and choices[0]["delta"] for choices in told_choices] == [
        {"role": "assistant", "content": "", "refusal": None},
        None,
        {"content": "Hello"},
        {"content": " you"},
        {},
        None,
    ]


def test_every_chunk_has_another_id() -> None:
    healthy_id = completion(HELLO)["id"]
    ids = [chunk["id"] for chunk in chunks("id-changes", HELLO)]

    assert ids[0] == healthy_id
    assert len(set(ids)) == len(ids) == 4
    assert {len(one) for one in ids} == {len(healthy_id)}


def test_no_chunk_names_the_model() -> None:
    assert ["model" in chunk for chunk in chunks("model-missing", HELLO)] == [False] * 4


def test_an_error_in_the_stream_may_be_a_mere_text() -> None:
    frames = failing(DIALECT, HELLO, request(stream=True), CONTEXT)

    assert edited(DEVIATIONS["error-plain"], frames) == [*frames[:-1], b'data: {"error":"Busy."}\n\n']


@pytest.mark.parametrize("name", ["finish-with-last-delta", "finish-missing", "empty-delta", "usage-unasked"])
def test_an_error_comes_behind_all_that_was_said(name: str) -> None:
    frames = failing(DIALECT, CALL, request(stream=True), CONTEXT)
    made = edited(DEVIATIONS[name], frames, completion(CALL))

    assert made[-1] == frames[-1]
    assert [frame for frame in made if frame in frames] == frames


WHOLE = [
    ("finish-null", HELLO, ("choices", 0, "finish_reason"), None),
    ("finish-lies", CUT_TEXT, ("choices", 0, "finish_reason"), "stop"),
    ("finish-lies", CUT_CALL, ("choices", 0, "finish_reason"), "tool_calls"),
    ("usage-null", HELLO, ("usage",), None),
    ("usage-zero", HELLO, ("usage", "prompt_tokens"), 0),
    ("usage-zero", HELLO, ("usage", "completion_tokens_details", "reasoning_tokens"), 0),
    ("choices-null", HELLO, ("choices",), None),
    ("content-null", HELLO, ("choices", 0, "message", "content"), None),
    ("content-parts", HELLO, ("choices", 0, "message", "content"), [{"type": "text", "text": "Hello you"}]),
    ("reasoning-renamed", THOUGHT, ("choices", 0, "message", "reasoning"), "Hm."),
    ("camel-case", HELLO, ("choices", 0, "finishReason"), "stop"),
    ("camel-case", HELLO, ("usage", "promptTokens"), 7),
]


@pytest.mark.parametrize(("name", "reply", "path", "expected"), WHOLE)
def test_a_whole_answer_deviates_alike(
    name: str, reply: Reply, path: tuple[str | int, ...], expected: Any
) -> None:
    value = whole(name, reply)
    for step in path:
        value = value[step]

    assert value == expected


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("role-missing", ("choices", 0, "message", "role")),
        ("usage-missing", ("usage",)),
        ("model-missing", ("model",)),
    ],
)
def test_a_whole_answer_lacks_what_the_stream_lacks(name: str, path: tuple[str | int, ...]) -> None:
    value, missing = whole(name, HELLO), completion(HELLO)
    for step in path[:-1]:
        value, missing = value[step], missing[step]

    assert list(value) == [member for member in missing if member != path[-1]]


def test_metadata_keep_their_names() -> None:
    answer = whole("camel-case", HELLO, store=True, metadata={"my_key": "1"})

    assert answer["metadata"] == {"my_key": "1"}
