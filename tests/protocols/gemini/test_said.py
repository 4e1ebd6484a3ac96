"""What comes back of a reply is what was said, whichever way a client keeps it; what is changed is found."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from google.genai import types
from hypothesis import given, settings
from hypothesis import strategies as st
from protocols.gemini.gemini_wire import (
    CONTEXT,
    DIALECT,
    HELLO,
    NEW_MODEL,
    OLD_MODEL,
    STREAM,
    UNARY,
    chunks,
    request,
)
from protocols.gemini.gemini_wire import candidate as candidate_of

from mockserver.conversation import (
    Image,
    JsonObject,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
)
from mockserver.history.fidelity import Memory, followed

SHOWN: JsonObject = {"generationConfig": {"thinkingConfig": {"includeThoughts": True}}}
HIDDEN: JsonObject = {"generationConfig": {}}

WHOLE = Reply(
    (Thinking("I look it up."), Text("One moment."), ToolCall("f", {"city": "Paris", "days": None})),
    "tool_calls",
)


def whole(reply: Reply, model: str = NEW_MODEL, **asked: Any) -> list[Any]:
    """The content of the answer, as it is."""
    content = candidate_of(reply, model, **asked).get("content")
    return [content] if content and "parts" in content else []


def in_chunks(reply: Reply, **asked: Any) -> list[Any]:
    """A content for each chunk, as google-genai's chats keep a stream."""
    found = [chunk["candidates"][0].get("content") for chunk in chunks(reply, **asked)]
    return [content for content in found if content and "parts" in content]


def gathered(reply: Reply, **asked: Any) -> list[Any]:
    """One content with the parts of all chunks."""
    parts = [part for content in in_chunks(reply, **asked) for part in content["parts"]]
    return [{"role": "model", "parts": parts}] if parts else []


def through_the_sdk(reply: Reply, **asked: Any) -> list[Any]:
    """As the SDK's types read it and write it again: snake_case, URL-safe base64, no nulls."""
    read = [types.Content.model_validate(content) for content in in_chunks(reply, **asked)]
    return [content.model_dump(mode="json", exclude_none=True) for content in read]


Kept = Callable[..., list[Any]]
every_way = pytest.mark.parametrize("kept", [whole, in_chunks, gathered, through_the_sdk])


def following(contents: list[Any]) -> list[Any]:
    """What the client says next: a result for each call, or a word."""
    told = [part for content in contents for part in content["parts"]]
    calls = [call for part in told if (call := part.get("functionCall") or part.get("function_call"))]
    results: list[Any] = [{"functionResponse": {"name": call["name"], "response": {}}} for call in calls]
    return [{"role": "user", "parts": results or [{"text": "Go on."}]}]


def differences(
    reply: Reply, contents: list[Any], model: str = NEW_MODEL, **asked: Any
) -> list[tuple[str, str]]:
    """The findings where `contents` come back of a reply."""
    first = request({**HELLO, **asked}, UNARY.replace(NEW_MODEL, model))
    memory = Memory()
    memory.remember(followed(first.messages), DIALECT.said(reply, first, CONTEXT), lambda: True)
    body = {**HELLO, "contents": [*HELLO["contents"], *contents, *following(contents)]}
    second = request(body, STREAM.replace(NEW_MODEL, model), alt="sse")
    return [(found.code, found.message) for found in memory.differences(followed(second.messages))]


words = st.text(st.characters(codec="utf-8"), max_size=12)
parts: st.SearchStrategy[ReplyPart] = st.one_of(
    words.map(Text),
    words.map(Thinking),
    words.map(Refusal),
    st.builds(ToolCall, st.sampled_from(["f", "g"]), st.dictionaries(words, st.none() | words, max_size=2)),
    st.just(Image("image/png", "aGk=")),
    st.just(Native({"gemini": {"executableCode": {"language": "PYTHON", "code": "1"}}})),
    st.just(Native({"gemini": {"groundingMetadata": {"webSearchQueries": ["q"]}}})),
)
replies = st.builds(
    Reply,
    st.lists(parts, max_size=4).map(tuple),
    finish=st.sampled_from(["stop", "length", "tool_calls", "content_filter", "refusal"]),
)


@every_way
@given(reply=replies, asked=st.sampled_from([SHOWN, HIDDEN]), model=st.sampled_from([NEW_MODEL, OLD_MODEL]))
@settings(deadline=None, max_examples=40)
def test_what_is_handed_back_unchanged_is_no_difference(
    kept: Kept, reply: Reply, asked: JsonObject, model: str
) -> None:
    assert differences(reply, kept(reply, model=model, **asked), model, **asked) == []


@every_way
def test_thoughts_may_be_left_out(kept: Kept) -> None:
    contents = [
        {**content, "parts": [part for part in content["parts"] if not part.get("thought")]}
        for content in kept(WHOLE, **SHOWN)
    ]

    assert differences(WHOLE, [content for content in contents if content["parts"]], **SHOWN) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda parts: parts[1].update(text="One minute."), "text_altered"),
        (lambda parts: parts.pop(1), "text_altered"),
        (lambda parts: parts[0].update(text="I know it."), "thinking_altered"),
        (lambda parts: parts[2]["functionCall"].update(name="g"), "tool_name_altered"),
        (lambda parts: parts[2]["functionCall"]["args"].update(city="Rome"), "tool_arguments_altered"),
        (lambda parts: parts[2]["functionCall"].pop("id"), "tool_call_id_altered"),
        (lambda parts: parts[2].update(thoughtSignature="b3RoZXI="), "signature_altered"),
        (lambda parts: parts.pop(2), "tool_calls_altered"),
        (lambda parts: parts.insert(0, parts.pop(1)), "order_altered"),
        (lambda parts: parts.append({"text": "More."}), "text_altered"),
    ],
)
def test_what_is_changed_on_its_way_back_is_found(change: Any, code: str) -> None:
    contents = copy.deepcopy(whole(WHOLE, **SHOWN))
    change(contents[0]["parts"])

    assert [found for found, _ in differences(WHOLE, contents, **SHOWN)] == [code]


def test_a_chunk_that_is_lost_is_found() -> None:
    reply = Reply((Text("One two three four."),))
    contents = in_chunks(reply)
    del contents[1]

    [(code, message)] = differences(reply, contents)
    assert code == "text_altered"
    assert "came" in message


@every_way
@pytest.mark.parametrize("signature", ["c2lnbmVkIQ==", "c2lnbmVkIQ", "+/8=", "-_8"])
def test_a_scripted_signature_may_come_back_in_either_alphabet(kept: Kept, signature: str) -> None:
    reply = Reply((Thinking("Hm", signature), ToolCall("f", {})), "tool_calls")

    assert differences(reply, kept(reply)) == []


def test_a_signature_that_is_lost_is_found_where_it_is_not_refused() -> None:
    reply = Reply((Thinking("Hm"), ToolCall("f", {})), "tool_calls")
    contents = whole(reply, OLD_MODEL)
    del contents[0]["parts"][0]["thoughtSignature"]

    assert [code for code, _ in differences(reply, contents, OLD_MODEL)] == ["signature_altered"]
