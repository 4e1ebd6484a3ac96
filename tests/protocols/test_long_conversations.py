"""A conversation that goes on from one before is read on every wire as by itself: the same request, or the
same failure, with the same findings at the same places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, TypeAlias
from unittest.mock import patch

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.conversation import CONTRACT_MODES, ContractMode, Failure, Http, Json, JsonObject, Request
from mockserver.history import long_digests
from mockserver.history.long_digests import LongDigests
from mockserver.protocols import VENDORS, long_bodies
from mockserver.protocols.base import Context, Dialect

Outcome: TypeAlias = tuple[Request | Failure, list[str], Any]

HEADERS = {"anthropic-version": "2023-06-01", "anthropic-beta": "message-threads-2026-08-12"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}


@dataclass(frozen=True)
class Wire:
    """How conversations are sent on a wire: the entries that they are made of, right ones and wrong ones, and
    what else is in the body. A right conversation is `sound`.
    """

    path: str
    member: str
    rest: JsonObject
    sound: Sequence[Json]
    others: Sequence[Json]
    endings: JsonObject = field(default_factory=dict)

    def http(self, entries: Sequence[Json], more: JsonObject) -> Http:
        body = {**self.rest, self.member: list(entries), **more}
        return Http("POST", self.path, headers=HEADERS, body=orjson.dumps(body), key="k")


def _chat_call(*names: str) -> JsonObject:
    calls = [{"id": name, "type": "function", "function": {"name": "f", "arguments": "{}"}} for name in names]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def _chat_result(name: str) -> JsonObject:
    return {"role": "tool", "tool_call_id": name, "content": "18"}


CHAT = Wire(
    path="/v1/chat/completions",
    member="messages",
    rest={"model": "gpt-5.5"},
    sound=[
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        _chat_call("a", "b"),
        _chat_result("b"),
        _chat_result("a"),
        {"role": "assistant", "content": "It is 18.", "reasoning_content": "Well"},
        {"role": "user", "content": [{"type": "text", "text": "json"}]},
        _chat_call("c"),
        _chat_result("c"),
    ],
    others=[
        {"role": "assistant"},
        {"role": "assistant", "content": None},
        {"role": "user", "content": 1},
        {"role": "user", "content": "Hi", "more": 1},
        {"role": "nobody", "content": "Hi"},
        {"role": "function", "name": "f", "content": "18"},
        {"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}},
        _chat_call("x" * 41),
        {**_chat_result("a"), "content": [{"type": "image_url", "image_url": {"url": "https://a/b"}}]},
        "Hi",
    ],
    endings={
        "tools": [{"type": "function", "function": {"name": "f", "parameters": SCHEMA}}],
        "response_format": {"type": "json_object"},
        "temperature": 3,
        "user": "me",
    },
)


def _text(text: str, **more: Json) -> JsonObject:
    return {"type": "text", "text": text, **more}


def _tool_use(*names: str) -> list[Json]:
    return [{"type": "tool_use", "id": name, "name": "f", "input": {}} for name in names]


def _tool_result(*names: str) -> list[Json]:
    return [{"type": "tool_result", "tool_use_id": name, "content": "18"} for name in names]


MARKED = {"cache_control": {"type": "ephemeral"}}
THOUGHT = {"type": "thinking", "thinking": "Well", "signature": "c2ln"}

ANTHROPIC = Wire(
    path="/anthropic/v1/messages",
    member="messages",
    rest={"model": "claude-opus-4-6", "max_tokens": 2048},
    sound=[
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [THOUGHT, _text("I look."), *_tool_use("a", "b")]},
        {"role": "user", "content": _tool_result("b", "a")},
        {"role": "assistant", "content": "It is 18."},
        {"role": "user", "content": [_text("And now?", **MARKED)]},
        {"role": "assistant", "content": _tool_use("c")},
        {"role": "user", "content": [*_tool_result("c"), _text("Go on.")]},
        {"role": "assistant", "content": [_text("Well.", **MARKED)]},
        {"role": "user", "content": "Thanks."},
    ],
    others=[
        {"role": "user", "content": [_text("Go on."), *_tool_result("c")]},
        {"role": "user", "content": _tool_result("c", "c")},
        {"role": "assistant", "content": _tool_use("a")},
        {"role": "assistant", "content": _tool_result("a")},
        {"role": "user", "content": _tool_use("x")},
        {"role": "user", "content": " "},
        {"role": "user", "content": []},
        {"role": "user", "content": [_text("")]},
        {"role": "user", "content": [_text("Hi", citations=[])]},
        {"role": "user", "content": [_text("Hi", **MARKED)] * 3},
        {"role": "user", "content": [{**_tool_result("c")[0], "content": [_text("18", **MARKED)] * 3}]},
        {"role": "assistant", "content": [{**THOUGHT, "signature": ""}]},
        {
            "role": "assistant",
            "content": [{"type": "document", "source": {"type": "url", "url": "https://a"}}],
        },
        {"role": "system", "content": "Be loud."},
        {"role": "user", "content": "Hi", "more": 1},
        {"role": "nobody", "content": "Hi"},
        {"role": "assistant", "content": "It is "},
    ],
    endings={
        "tools": [{"name": "f", "input_schema": SCHEMA}],
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "system": [_text("Be brief.", **MARKED)],
        "temperature": 3,
        "thread": {"type": "new"},
    },
)


def _function_call(name: str) -> JsonObject:
    return {"type": "function_call", "call_id": name, "name": "f", "arguments": "{}"}


def _output(name: str) -> JsonObject:
    return {"type": "function_call_output", "call_id": name, "output": "18"}


RESPONSES = Wire(
    path="/v1/responses",
    member="input",
    rest={"model": "gpt-5.5"},
    sound=[
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "c2ln"},
        _function_call("a"),
        _function_call("b"),
        _output("b"),
        _output("a"),
        {"role": "assistant", "content": "It is 18."},
        {"role": "user", "content": [{"type": "input_text", "text": "And now?"}]},
        _function_call("c"),
        _output("c"),
    ],
    others=[
        {"role": "assistant", "content": [{"type": "output_text", "text": "Well."}]},
        {"role": "system", "content": "Be loud."},
        {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "c2ln"},
        {"type": "reasoning", "id": "rs_3", "summary": []},
        {"type": "item_reference", "id": "msg_1"},
        {"type": "compaction", "encrypted_content": "c2ln"},
        {"type": "additional_tools", "tools": [{"type": "function", "name": "g", "parameters": SCHEMA}]},
        {"type": "function_call_output", "output": "18"},
        {"type": "custom_tool_call", "call_id": "a", "name": "f", "input": "x"},
        {"type": "custom_tool_call_output", "call_id": "a", "output": "18"},
        {"type": "nothing", "id": "x"},
        {"role": "user", "content": 1},
        {"role": "user", "content": "Hi", "more": 1},
        {"role": "nobody", "content": "Hi"},
        "Hi",
    ],
    endings={
        "tools": [{"type": "function", "name": "f", "parameters": SCHEMA, "strict": False}, {"type": "odd"}],
        "instructions": "Be brief.",
        "previous_response_id": "resp_1",
        "temperature": 3,
        "user": "me",
    },
)


def _model(*parts: Json) -> JsonObject:
    return {"role": "model", "parts": list(parts)}


def _user(*parts: Json) -> JsonObject:
    return {"role": "user", "parts": list(parts)}


def _gemini_call(name: str) -> JsonObject:
    return {"functionCall": {"id": name, "name": "f", "args": {"n": 1}}}


def _gemini_result(name: str) -> JsonObject:
    return {"functionResponse": {"id": name, "name": "f", "response": {"result": 18}}}


SIGNED = {"thoughtSignature": "c2ln"}

GEMINI = Wire(
    path="/v1beta/models/gemini-3-flash:generateContent",
    member="contents",
    rest={},
    sound=[
        _user({"text": "Hi"}),
        _model({"text": "I look.", "thought": True}, {**_gemini_call("a"), **SIGNED}, _gemini_call("b")),
        _user(_gemini_result("a"), _gemini_result("b")),
        _model({"text": ""}, {"text": "It is "}),
        _model({"text": "18."}),
        {"parts": [{"text": "And now?"}]},
        _model({"function_call": {"name": "f"}, "thought_signature": "c2ln"}),
        _user({"function_response": {"name": "f", "response": {"result": 18}}}, {"text": "Go on."}),
        _model({"text": "Well."}),
        _user({"text": "Thanks."}),
    ],
    others=[
        _model(_gemini_call("x")),
        _user(_gemini_result("a")),
        _user({**_gemini_result("a"), "text": "18"}),
        _user({"functionResponse": {**_gemini_result("a")["functionResponse"], "willContinue": True}}),
        _user({}),
        {"role": "user"},
        {"role": "nobody", "parts": [{"text": "Hi"}]},
        _user({"text": 1}),
        _user({"text": "Hi", "more": 1}),
        _user({"inlineData": {"mimeType": "image/png", "data": "_-8"}}),
        _user({"inlineData": {"mimeType": "image/png", "data": "%"}}),
        {"role": "user", "parts": {"text": "Hi"}},
        "Hi",
    ],
    endings={
        "tools": [{"functionDeclarations": [{"name": "f", "parameters": {"type": "OBJECT"}}]}],
        "system_instruction": {"parts": {"text": "Be brief."}},
        "generationConfig": {"candidateCount": 9},
        "cachedContent": "cachedContents/1",
        "more": 1,
    },
)

WIRES = {
    "openai.chat": CHAT,
    "anthropic": ANTHROPIC,
    "openai.responses": RESPONSES,
    "gemini": GEMINI,
}


def dialect(name: str) -> Dialect:
    return next(one for vendor in VENDORS for one in vendor.dialects if one.name == name)


@contextmanager
def long_from(size: float) -> Iterator[None]:
    with patch.multiple(long_bodies, LONG=size, _ALIKE=8):
        yield


def outcome(read: Callable[[Http, Context], Request | Failure], http: Http, mode: ContractMode) -> Outcome:
    """What was read, and what does not count when it is compared."""
    found = read(http, Context(contract=mode, any_model=False))
    pointers = [message.pointer for message in found.messages] if isinstance(found, Request) else []
    return found, pointers, found.findings


@st.composite
def conversations(draw: st.DrawFn, wire: Wire) -> list[tuple[list[Json], JsonObject]]:
    """Bodies that come one after the other, most of which begin like one before."""
    pool = st.sampled_from([*wire.sound, *wire.sound, *wire.others])
    ending = st.sampled_from([{}, *({name: value} for name, value in wire.endings.items())])
    bodies = [(list(wire.sound[: draw(st.integers(1, len(wire.sound)))]), draw(ending))]
    for _ in range(draw(st.integers(1, 4))):
        before, more = draw(st.sampled_from(bodies))
        kept = before[: draw(st.integers(0, len(before)))]
        added = draw(st.sampled_from([*range(len(wire.sound))]))
        grown = draw(st.one_of(st.just(list(wire.sound[added:])), st.lists(pool, max_size=4)))
        bodies.append((kept + grown, draw(st.one_of(st.just(more), ending))))
    return bodies


@pytest.mark.parametrize("name", WIRES)
@given(st.data())
def test_a_conversation_is_read_as_by_itself_whatever_came_before(name: str, data: st.DataObject) -> None:
    wire, read = WIRES[name], dialect(name).read
    mode = data.draw(st.sampled_from(CONTRACT_MODES))
    digests = LongDigests()

    for entries, more in data.draw(conversations(wire)):
        http = wire.http(entries, more)
        if data.draw(st.booleans()):  # then what it has in common with another is known
            with patch.object(long_digests, "_BLOCK", 16):
                digests.digested(blake2b(), b"", http.body)
        with long_from(float("inf")):
            expected = outcome(read, http, mode)
        with long_from(0):
            assert outcome(read, http, mode) == expected


@pytest.mark.parametrize("name", WIRES)
def test_a_conversation_that_grows_is_made_of_the_very_same_values(name: str) -> None:
    wire, read = WIRES[name], dialect(name).read

    with long_from(0):
        first = read(wire.http(wire.sound[:-2], {}), Context())
        second = read(wire.http(wire.sound, {}), Context())

    assert isinstance(first, Request)
    assert isinstance(second, Request)
    assert first.findings == second.findings == ()
    assert len(first.messages) > 3
    but_for_the_last = zip(first.messages[:-1], second.messages, strict=False)  # which may have gone on
    assert all(one is other for one, other in but_for_the_last)


@pytest.mark.parametrize("name", WIRES)
def test_what_is_wrong_behind_what_is_known_is_told_at_its_place(name: str) -> None:
    wire, read = WIRES[name], dialect(name).read

    with long_from(0):
        read(wire.http(wire.sound, {}), Context())
        for other in wire.others:
            http = wire.http([*wire.sound, other], {})
            found = outcome(read, http, "documented")
            with long_from(float("inf")):
                assert found == outcome(read, http, "documented")


@pytest.mark.parametrize("name", WIRES)
def test_what_is_right_at_one_place_is_not_taken_for_right_at_another(name: str) -> None:
    wire, read = WIRES[name], dialect(name).read

    with long_from(0):
        for start in range(1, len(wire.sound)):
            read(wire.http(wire.sound, {}), Context())
            for entries in (wire.sound[start:], [*wire.sound[:start], *wire.sound[start + 1 :]]):
                http = wire.http(entries, {})
                found = outcome(read, http, "documented")
                with long_from(float("inf")):
                    assert found == outcome(read, http, "documented")
