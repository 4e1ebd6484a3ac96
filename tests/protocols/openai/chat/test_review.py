"""What the server says itself is documented; what a script makes up is told with its place."""

from __future__ import annotations

from typing import Any, get_args

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocols.openai.chat_wire import CONTEXT, HELLO, Server, answer, request, stream

from mockserver.conversation import (
    Failure,
    FailureKind,
    Http,
    Image,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.protocols.base import Answer
from mockserver.protocols.openai.chat import DIALECT
from mockserver.protocols.openai.chat.contract_answer import (
    ChatCompletion,
    CompletionDeleted,
    CompletionList,
    StoredMessageList,
)

KINDS = [kind for kinds in get_args(FailureKind) for kind in get_args(kinds)]
CITATION = {
    "type": "url_citation",
    "url_citation": {"start_index": 0, "end_index": 1, "title": "t", "url": "https://example.com"},
}
AUDIO = {"id": "audio_1", "data": "aGk=", "expires_at": 1, "transcript": "hi"}

texts = st.text(st.characters(codec="utf-8"), max_size=10)
parts: st.SearchStrategy[ReplyPart] = st.one_of(
    texts.map(Text),
    texts.map(Thinking),
    texts.map(Refusal),
    st.builds(ToolCall, st.sampled_from(["f", "shell"]), st.dictionaries(texts, texts, max_size=2)),
    st.just(Image("image/png", "aGk=")),
    st.just(Native({"openai": {"annotations": [CITATION]}})),
    st.just(Native({"openai.chat": {"audio": AUDIO}})),
)
replies = st.builds(
    Reply,
    st.lists(parts, max_size=4, unique_by=repr).map(tuple),
    finish=st.sampled_from(["stop", "length", "tool_calls", "content_filter", "refusal", "pause"]),
    usage=st.builds(Usage, *[st.integers(0, 500)] * 5),
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(1, 2),
        "service_tier": st.sampled_from(["flex", "fast"]),
        "moderation": st.just({"model": "omni-moderation-latest"}),
        "tools": st.just([{"type": "custom", "custom": {"name": "shell"}}]),
        "store": st.booleans(),
        "logprobs": st.booleans(),
    },
) | st.just({"functions": [{"name": "f"}]})


@given(reply=replies, body=bodies, usage=st.booleans())
@settings(deadline=None, max_examples=80)
def test_what_the_server_says_is_documented(reply: Reply, body: dict[str, Any], usage: bool) -> None:
    whole, streamed = answer(reply, **body), stream(reply, stream_options={"include_usage": usage}, **body)

    assert list(DIALECT.review(whole)) == []
    assert list(DIALECT.review(streamed)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_how_the_server_refuses_is_documented(kind: Any) -> None:
    refusal = DIALECT.refuse(Failure(kind), Http("POST", "/v1/chat/completions", key="k"), CONTEXT)
    encoder = DIALECT.encoder(request(stream=True), CONTEXT)
    broken = Answer(200, encoder.headers, b"".join(encoder.fail(Failure(kind))))

    assert list(DIALECT.review(refusal)) == []
    assert list(DIALECT.review(broken)) == []


def test_what_is_stored_is_documented() -> None:
    server = Server("scenario: hi\nreply: Hi!")
    messages = [
        {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
        {"role": "assistant", "content": None, "audio": {"id": "audio_1"}},
        {"role": "function", "name": "f", "content": "x"},
        *HELLO["messages"],
    ]
    name = orjson.loads(server.post(store=True, messages=messages).body)["id"]

    ChatCompletion.model_validate(server.json("GET", f"/{name}"))
    ChatCompletion.model_validate(server.json("POST", f"/{name}", {"metadata": {"k": "v"}}))
    CompletionList.model_validate(server.json("GET", ""))
    StoredMessageList.model_validate(server.json("GET", f"/{name}/messages"))
    CompletionDeleted.model_validate(server.json("DELETE", f"/{name}"))
    CompletionList.model_validate(server.json("GET", ""))


# --------------------------------------------------------------------------------- what is made up

COMPLETION: dict[str, Any] = orjson.loads(answer(Reply((ToolCall("f", {}),), "tool_calls")).body)
(CHOICE,) = COMPLETION["choices"]


def told(value: Any) -> list[str]:
    """What is found in a JSON answer."""
    found = DIALECT.review(Answer(200, (), orjson.dumps(value)))
    return [f"{finding.severity} {finding.code} {finding.pointer}" for finding in found]


def with_message(**members: Any) -> dict[str, Any]:
    return {**COMPLETION, "choices": [{**CHOICE, "message": {**CHOICE["message"], **members}}]}


@pytest.mark.parametrize(
    ("value", "finding"),
    [
        ({**COMPLETION, "mood": "good"}, "unknown undocumented_field /mood"),
        (with_message(thoughts="Hm."), "unknown undocumented_field /choices/0/message/thoughts"),
        (with_message(tool_calls=[]), "error undocumented_value /choices/0/message/tool_calls"),
        (
            with_message(tool_calls=[{"id": "c", "type": "function", "function": {"name": "f"}}]),
            "error undocumented_value /choices/0/message/tool_calls/0/function/arguments",
        ),
        (
            {**COMPLETION, "choices": [{**CHOICE, "finish_reason": "done"}]},
            "error undocumented_value /choices/0/finish_reason",
        ),
        ({"error": {"message": "x"}}, "error undocumented_value /error/type"),
        ([], "error undocumented_value "),
    ],
)
def test_what_is_not_documented_is_told_with_its_place(value: Any, finding: str) -> None:
    assert finding in told(value)


def test_what_is_not_documented_in_a_stream_is_told_with_its_frame() -> None:
    frames = b'data: {"error":"x"}\n\ndata: not json\n\ndata: {"choices":[{"mood":1}]}\n\ndata: [DONE]\n\n'

    found = {finding.pointer for finding in DIALECT.review(Answer(200, (), frames))}

    assert {"/0/error", "/2/choices/0/mood", "/2/choices/0/index", "/2/id"} <= found
