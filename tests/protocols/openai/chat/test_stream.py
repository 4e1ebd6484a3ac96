"""The chunks of a stream: their order, their deltas, and what stands in each."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocols.openai.chat_wire import CONTEXT, choices, chunks, completion, deltas, request, stream

from mockserver.conversation import Failure, Image, Native, Refusal, Reply, Text, Thinking, ToolCall, Usage
from mockserver.protocols.base import header_lookup
from mockserver.protocols.openai.chat import DIALECT

CALL = ToolCall("f", {"a": 1}, "call_1")
OTHER_CALL = ToolCall("g", {}, "call_2")
SHELL = {"type": "custom", "custom": {"name": "shell"}}


def head(call: ToolCall, index: int) -> dict[str, Any]:
    function = {"name": call.name, "arguments": ""}
    return {"tool_calls": [{"index": index, "id": call.id, "type": "function", "function": function}]}


def piece(index: int, text: str) -> dict[str, Any]:
    return {"tool_calls": [{"index": index, "function": {"arguments": text}}]}


CALL_PIECES = [piece(0, text) for text in ('{"', "a", '":', "1", "}")]

HELLO = """\
data: {"id":"chatcmpl-kSqf5ql7RutlAOi8bKWDP8rCqseDv","object":"chat.completion.chunk","created":1767225600,\
"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_55f84aad1d","choices":[{"index":0,\
"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]}

data: {"id":"chatcmpl-kSqf5ql7RutlAOi8bKWDP8rCqseDv","object":"chat.completion.chunk","created":1767225600,\
"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_55f84aad1d","choices":[{"index":0,\
"delta":{"content":"Grüß"},"logprobs":null,"finish_reason":null}]}

data: {"id":"chatcmpl-kSqf5ql7RutlAOi8bKWDP8rCqseDv","object":"chat.completion.chunk","created":1767225600,\
"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_55f84aad1d","choices":[{"index":0,\
"delta":{},"logprobs":null,"finish_reason":"stop"}]}

data: [DONE]

"""


def test_a_stream_is_data_frames_alone_and_ends_with_done() -> None:
    body = stream(Reply((Text("Grüß"),)), stream_options={"include_obfuscation": False}).body

    assert body.decode() == HELLO


def test_a_stream_carries_the_headers_of_a_success() -> None:
    headers = header_lookup(stream(Reply(())).headers)

    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["openai-version"] == "2020-10-01"
    assert headers["x-ratelimit-remaining-requests"] == "9999"


DELTAS: list[tuple[str, tuple[Any, ...], list[dict[str, Any]]]] = [
    ("nothing", (), [{"role": "assistant", "content": "", "refusal": None}]),
    (
        "text",
        (Text("Hello you"),),
        [{"role": "assistant", "content": "", "refusal": None}, {"content": "Hello"}, {"content": " you"}],
    ),
    (
        "reasoning before text",
        (Thinking("Hm."), Text("Hi")),
        [
            {"role": "assistant", "content": "", "refusal": None},
            {"reasoning_content": "Hm"},
            {"reasoning_content": "."},
            {"content": "Hi"},
        ],
    ),
    (
        "redacted reasoning is left out",
        (Thinking("opaque", redacted=True), Text("Hi")),
        [{"role": "assistant", "content": "", "refusal": None}, {"content": "Hi"}],
    ),
    (
        "a refusal",
        (Refusal("No."),),
        [{"role": "assistant", "content": None, "refusal": ""}, {"refusal": "No"}, {"refusal": "."}],
    ),
    (
        "one call is merged with the role",
        (CALL,),
        [{"role": "assistant", "content": None, **head(CALL, 0), "refusal": None}, *CALL_PIECES],
    ),
    (
        "parallel calls, one after the other",
        (CALL, OTHER_CALL),
        [
            {"role": "assistant", "content": None},
            head(CALL, 0),
            *CALL_PIECES,
            head(OTHER_CALL, 1),
            piece(1, "{}"),
        ],
    ),
    (
        "text before a call",
        (Text("Hi"), CALL),
        [
            {"role": "assistant", "content": "", "refusal": None},
            {"content": "Hi"},
            head(CALL, 0),
            *CALL_PIECES,
        ],
    ),
    (
        "reasoning before a call",
        (Thinking("Hm"), CALL),
        [
            {"role": "assistant", "content": None},
            {"reasoning_content": "Hm"},
            head(CALL, 0),
            *CALL_PIECES,
        ],
    ),
    (
        "an image, whole",
        (Image("image/png", "aGk="),),
        [
            {"role": "assistant", "content": "", "refusal": None},
            {"content": "![image](data:image/png;base64,aGk=)"},
        ],
    ),
    (
        "a native part is a delta",
        (Text("Hi"), Native({"openai": {"annotations": [{"type": "url_citation"}]}})),
        [
            {"role": "assistant", "content": "", "refusal": None},
            {"content": "Hi"},
            {"annotations": [{"type": "url_citation"}]},
        ],
    ),
]


@pytest.mark.parametrize(("parts", "expected"), [row[1:] for row in DELTAS], ids=[row[0] for row in DELTAS])
def test_a_reply_is_told_in_deltas(parts: Any, expected: list[dict[str, Any]]) -> None:
    assert deltas(Reply(parts)) == expected


def test_a_custom_call_streams_its_input() -> None:
    told = deltas(Reply((ToolCall("shell", "ls -l", "call_1"),)), tools=[SHELL])

    assert told == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"index": 0, "id": "call_1", "type": "custom", "custom": {"name": "shell", "input": ""}}
            ],
            "refusal": None,
        },
        {"tool_calls": [{"index": 0, "custom": {"input": "ls"}}]},
        {"tool_calls": [{"index": 0, "custom": {"input": " -"}}]},
        {"tool_calls": [{"index": 0, "custom": {"input": "l"}}]},
    ]


def test_who_offers_functions_is_streamed_a_function_call() -> None:
    told = choices(Reply((OTHER_CALL, CALL), "tool_calls"), functions=[{"name": "g"}])

    assert [item["delta"] for item in told] == [
        {"role": "assistant", "content": None, "function_call": {"name": "g", "arguments": ""}},
        {"function_call": {"arguments": "{}"}},
        {},
    ]
    assert told[-1]["finish_reason"] == "function_call"


def test_only_the_last_chunk_of_a_choice_names_the_finish() -> None:
    told = choices(Reply((Text("Hello you"),), "length"))

    assert [item["finish_reason"] for item in told] == [None, None, None, "length"]


def test_a_call_that_was_cut_off_finishes_with_length() -> None:
    assert choices(Reply((ToolCall("f", '{"a":'),), "length"))[-1]["finish_reason"] == "length"


def test_several_choices_take_turns() -> None:
    told = [
        (item["index"], item["delta"])
        for chunk in chunks(Reply((Text("Hello you"),)), n=2)
        for item in chunk["choices"]
    ]

    role = {"role": "assistant", "content": "", "refusal": None}
    assert told == [
        (0, role),
        (0, {"content": "Hello"}),
        (1, role),
        (1, {"content": "Hello"}),
        (0, {"content": " you"}),
        (1, {"content": " you"}),
        (0, {}),
        (1, {}),
    ]


def test_each_choice_calls_with_an_id_of_its_own() -> None:
    reply = Reply((ToolCall("f", {}),), "tool_calls")
    first = [choices(reply, choice, n=2)[0]["delta"]["tool_calls"][0]["id"] for choice in (0, 1)]

    assert first == ["call_" + CONTEXT.token(f"call:{choice}:0", 24) for choice in (0, 1)]


def test_the_ids_are_those_of_the_json_answer() -> None:
    reply = Reply((ToolCall("f", {}),), "tool_calls")
    whole, first = completion(reply), chunks(reply)[0]

    call = whole["choices"][0]["message"]["tool_calls"][0]
    assert first["id"] == whole["id"]
    assert first["choices"][0]["delta"]["tool_calls"][0]["id"] == call["id"]


# ---------------------------------------------------------------------------------------------- options


def test_usage_comes_last_and_only_when_asked_for() -> None:
    usage = Usage(input=10, output=2)
    told = chunks(Reply((Text("Hi"),), usage=usage), n=2, stream_options={"include_usage": True})

    assert [chunk["usage"] for chunk in told[:-1]] == [None] * (len(told) - 1)
    assert told[-1]["choices"] == []
    assert told[-1]["usage"]["completion_tokens"] == 4
    assert told[-1]["usage"] == completion(Reply((), usage=usage), n=2)["usage"]


def test_without_include_usage_there_is_no_usage_key() -> None:
    assert not any("usage" in chunk for chunk in chunks(Reply((Text("Hi"),))))


def test_moderation_comes_after_the_usage() -> None:
    told = chunks(Reply(()), moderation={"model": "m"}, stream_options={"include_usage": True})

    assert told[-2]["usage"]["prompt_tokens"] == 0
    assert (told[-1]["choices"], told[-1]["usage"]) == ([], None)
    assert told[-1]["moderation"] == completion(Reply(()), moderation={"model": "m"})["moderation"]


@given(text=st.text(max_size=30), usage=st.booleans())
def test_obfuscation_brings_every_chunk_to_the_same_residue(text: str, *, usage: bool) -> None:
    body = stream(Reply((Text(text),)), stream_options={"include_usage": usage}).body

    frames = [frame.removeprefix(b"data: ") for frame in body.split(b"\n\n")[:-2]]
    assert {len(frame) % 16 for frame in frames} == {1}
    assert all(list(orjson.loads(frame))[-1] == "obfuscation" for frame in frames)


def test_obfuscation_can_be_turned_off() -> None:
    told = chunks(Reply((Text("Hi"),)), stream_options={"include_obfuscation": False})

    assert not any("obfuscation" in chunk for chunk in told)


def test_logprobs_come_with_the_tokens_they_belong_to() -> None:
    told = choices(Reply((Text("Hello you"),)), logprobs=True, top_logprobs=1)
    whole = completion(Reply((Text("Hello you"),)), logprobs=True, top_logprobs=1)["choices"][0]["logprobs"]

    first, hello, you, last = (item["logprobs"] for item in told)
    assert first == {"content": [], "refusal": None}
    assert hello["content"] + you["content"] == whole["content"]
    assert last is None


def test_logprobs_of_a_refusal_stand_under_refusal() -> None:
    first, no, _, last = (item["logprobs"] for item in choices(Reply((Refusal("No."),)), logprobs=True))

    assert first == {"content": None, "refusal": []}
    assert (no["content"], [entry["token"] for entry in no["refusal"]]) == (None, ["No"])
    assert last is None


def test_reasoning_and_calls_have_no_logprobs() -> None:
    told = choices(Reply((Thinking("Hm"), CALL)), logprobs=True)

    assert [item["logprobs"] for item in told] == [None] * len(told)


# ---------------------------------------------------------------------------------------------- frames


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"a": "ü"}, 'data: {"a":"ü"}\n\n'),
        ([1, None], "data: [1,null]\n\n"),
        ("[DONE]", "data: [DONE]\n\n"),
        ("two\nlines", "data: two\ndata: lines\n\n"),
    ],
)
def test_a_frame_is_data_alone(data: Any, expected: str) -> None:
    assert DIALECT.frame(data).decode() == expected


def test_the_same_context_gives_the_same_bytes() -> None:
    reply = Reply((Text("Hi"), ToolCall("f", {})))

    assert stream(reply) == stream(reply)


def test_a_failure_midway_is_an_error_in_place_of_a_chunk_and_the_end() -> None:
    encoder = DIALECT.encoder(request(stream=True), CONTEXT)

    frames = list(encoder.fail(Failure("quota", message="Boom.")))

    error = b'{"message":"Boom.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}'
    assert frames == [b'data: {"error":' + error + b"}\n\n"]
