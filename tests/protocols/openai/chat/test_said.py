"""What the official SDK hands back of an answer is taken, and is what was said: nothing in it is altered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessage
from protocols.openai.chat_wire import CONTEXT, HELLO, chunks, completion, findings, judged, request

from mockserver.conversation import (
    Image,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Text,
    Thinking,
    ToolCall,
)
from mockserver.history.fidelity import Memory, followed
from mockserver.protocols.openai.chat import DIALECT

USER = {"role": "user", "content": "Go on."}
CITATION = {
    "type": "url_citation",
    "url_citation": {"start_index": 0, "end_index": 4, "title": "t", "url": "https://example.com"},
}
TOOLS: dict[str, Any] = {
    "tools": [
        {"type": "function", "function": {"name": "f"}},
        {"type": "custom", "custom": {"name": "shell"}},
    ]
}

REPLIES = {
    "text": Reply((Text("Hello you"),)),
    "nothing": Reply(()),
    "refusal": Reply((Refusal("I can't."),), "refusal"),
    "a call": Reply((ToolCall("f", {"a": 1}),), "tool_calls"),
    "parallel calls": Reply((ToolCall("f", {"a": 1}), ToolCall("g", {"b": [1, 2]})), "tool_calls"),
    "a call with an id": Reply((ToolCall("f", {}, "call_mine"),), "tool_calls"),
    "broken arguments": Reply((ToolCall("f", '{"a":'),), "tool_calls"),
    "text and calls": Reply((Text("Let me see."), ToolCall("f", {}), ToolCall("f", {})), "tool_calls"),
    "reasoning": Reply((Thinking("Hm."), Text("Yes."))),
    "an image": Reply((Text("See: "), Image("image/png", "aGk="), Text("!"))),
    "annotations": Reply((Text("See."), Native({"openai": {"annotations": [CITATION]}}))),
}
every_reply = pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)

# --------------------------------------------------------------------------------- what clients do

Echo = Callable[[ChatCompletionMessage], Any]


def as_a_request(message: ChatCompletionMessage) -> Any:
    """`messages.append(message)`: the SDK sends what was set."""
    return message.model_dump(mode="json", exclude_unset=True)


def as_a_dump(message: ChatCompletionMessage) -> Any:
    """`messages.append(message.model_dump())`"""
    return message.model_dump()


def as_a_dict(message: ChatCompletionMessage) -> Any:
    return message.to_dict()


every_echo = pytest.mark.parametrize("echo", [as_a_request, as_a_dump, as_a_dict])


def whole(reply: Reply, choice: int = 0, **members: Any) -> ChatCompletionMessage:
    return ChatCompletion.model_validate(completion(reply, **members)).choices[choice].message


def streamed(reply: Reply, choice: int = 0, **members: Any) -> ChatCompletionMessage:
    """The message that the SDK's helper puts together."""
    state = ChatCompletionStreamState()
    for chunk in chunks(reply, **members):
        list(state.handle_chunk(ChatCompletionChunk.model_validate(chunk)))
    return state.get_final_completion().choices[choice].message


def history(handed_back: Any) -> dict[str, Any]:
    """The next request of the conversation."""
    results = [
        {"role": "tool", "tool_call_id": call["id"], "content": "x"}
        for call in handed_back.get("tool_calls") or ()
    ]
    return {"messages": [*HELLO["messages"], handed_back, *results, USER]}


def differences(reply: Reply, handed_back: Any, **members: Any) -> list[str]:
    """What is altered where `handed_back` comes back of `reply`."""
    asked, memory = request(**members), Memory()
    memory.remember(followed(asked.messages), DIALECT.said(reply, asked, CONTEXT), lambda: True)
    return [
        str(finding) for finding in memory.differences(followed(request(**history(handed_back)).messages))
    ]


@every_echo
@every_reply
def test_a_message_comes_back_as_it_was(reply: Reply, echo: Echo) -> None:
    assert differences(reply, echo(whole(reply))) == []


@every_echo
@every_reply
def test_a_message_put_together_from_a_stream_comes_back_as_it_was(reply: Reply, echo: Echo) -> None:
    assert differences(reply, echo(streamed(reply)), stream=True) == []


@every_echo
@every_reply
@pytest.mark.parametrize("read", [whole, streamed])
def test_what_the_sdk_hands_back_is_known(reply: Reply, echo: Echo, read: Any) -> None:
    handed_back = history(echo(read(reply)))

    assert [found for found in findings(**handed_back) if not found.startswith("deprecated")] == []
    assert isinstance(judged("strict", **handed_back), Request)


@pytest.mark.parametrize("choice", [0, 1, 2])
@pytest.mark.parametrize("read", [whole, streamed])
@every_reply
def test_any_of_several_choices_may_be_handed_back(reply: Reply, choice: int, read: Any) -> None:
    assert differences(reply, as_a_dump(read(reply, choice, n=3)), n=3) == []


@every_echo
def test_the_free_text_of_a_custom_tool_comes_back_as_it_was(echo: Echo) -> None:
    reply = Reply((ToolCall("shell", "{}"), ToolCall("shell", {"a": 1})), "tool_calls")

    assert differences(reply, echo(whole(reply, **TOOLS)), **TOOLS) == []


@pytest.mark.parametrize("read", [whole, streamed])
def test_a_legacy_call_comes_back_as_it_was(read: Any) -> None:
    reply, functions = Reply((ToolCall("f", {"a": 1}),), "tool_calls"), [{"name": "f"}]

    assert differences(reply, as_a_dump(read(reply, functions=functions)), functions=functions) == []


texts = st.text(st.characters(codec="utf-8"), max_size=20)
parts: st.SearchStrategy[ReplyPart] = st.one_of(
    texts.map(Text),
    texts.map(Thinking),
    texts.map(Refusal),
    st.builds(ToolCall, st.just("f"), st.dictionaries(texts, texts, max_size=2)),
    st.just(Image("image/png", "aGk=")),
)


@given(reply=st.builds(Reply, st.lists(parts, max_size=4).map(tuple)), n=st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_whatever_is_said_comes_back_as_it_was(reply: Reply, n: int) -> None:
    assert differences(reply, as_a_dump(whole(reply, n - 1, n=n)), n=n) == []
    assert differences(reply, as_a_dump(streamed(reply, n - 1, n=n)), n=n) == []


# ------------------------------------------------------------------------------------- what is altered


@pytest.mark.parametrize(
    ("reply", "change", "code"),
    [
        ("text", {"content": "Hello"}, "text_altered"),
        ("refusal", {"refusal": "No."}, "refusal_altered"),
        ("a call with an id", {"tool_calls": None, "content": "x"}, "text_altered"),
        ("reasoning", {"reasoning_content": "Oh."}, "thinking_altered"),
    ],
)
def test_what_is_changed_on_its_way_back_is_told(reply: str, change: dict[str, Any], code: str) -> None:
    (difference,) = differences(REPLIES[reply], {**as_a_dump(whole(REPLIES[reply])), **change})

    assert code in difference


def test_another_id_is_told() -> None:
    handed_back = as_a_dump(whole(REPLIES["a call"]))
    handed_back["tool_calls"][0]["id"] = "call_other"

    (difference,) = differences(REPLIES["a call"], handed_back)

    assert "tool_call_id_altered" in difference


def test_an_answer_that_cannot_be_handed_back_is_remembered_as_far_as_it_goes() -> None:
    reply = Reply((Text("Hi"), Native({"openai": {"audio": {"id": 7}}})))

    assert DIALECT.said(reply, request(), CONTEXT) == (Text("Hi"),)
