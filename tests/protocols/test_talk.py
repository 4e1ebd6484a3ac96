"""Plain conversations: a body with the outline of one that was read is read as that, but for its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest
from faults.wires import DIALECTS
from hypothesis import given
from hypothesis import strategies as st

from mockserver.conversation import CONTRACT_MODES, ContractMode, Http, Json, JsonObject, Request
from mockserver.protocols.base import Context
from mockserver.retelling.kindred import reworded

TALKING = [name for name, dialect in DIALECTS.items() if dialect.talk]
TEXTS = st.text(min_size=1, max_size=40) | st.sampled_from(
    ["json", "![image](data:image/png;base64,AAAA) there", " ", "\n", "{[" * 120, "é\u2028😀", "x "]
)
TURNS = st.lists(st.tuples(st.sampled_from(["user", "assistant", "system"]), st.booleans()), max_size=4)
"""Who speaks, and whether in parts."""

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
MEMBERS: Mapping[str, list[JsonObject]] = {
    "openai.chat": [
        {"response_format": {"type": "json_object"}},
        {"response_format": {"type": "text"}, "temperature": 0.5},
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": SCHEMA}}]},
        {"tool_choice": "auto"},
        {"max_tokens": 5, "unknown": [1.0, None]},
        {"modalities": ["image"], "contents": ["hi"]},
    ],
    "openai.responses": [
        {"instructions": "Be kind.", "store": False},
        {"tools": [{"type": "function", "name": "f", "parameters": SCHEMA, "strict": True}]},
        {"text": {"format": {"type": "json_object"}}, "temperature": 3},
        {"reasoning": {"generate_summary": "auto"}},
        {"background": True},
    ],
    "anthropic": [
        {"system": "Be kind.", "stop_sequences": ["x"]},
        {"system": [{"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral"}}]},
        {"tools": [{"name": "f", "input_schema": SCHEMA}], "tool_choice": {"type": "any"}},
        {"thinking": {"type": "enabled", "budget_tokens": 1024}},
        {"unknown": 1},
    ],
    "gemini": [
        {"systemInstruction": {"parts": [{"text": "Be kind."}]}},
        {"system_instruction": {"parts": [{"text": "Be kind."}]}},
        {"generationConfig": {"maxOutputTokens": "5", "temperature": 1}},
        {"tools": [{"functionDeclarations": [{"name": "f", "parameters": SCHEMA}]}]},
        {"unknown": 1},
    ],
}


def _turn(wire: str, role: str, text: str, *, in_parts: bool) -> Json:
    if wire == "gemini":
        parts = [{"text": text}, {"text": text}] if in_parts else [{"text": text}]
        return {"role": {"assistant": "model"}.get(role, role), "parts": parts}
    kind = {"openai.responses": "output_text" if role == "assistant" else "input_text"}.get(wire, "text")
    return {"role": role, "content": [{"type": kind, "text": text}] if in_parts else text}


def _request(wire: str, talk: Json, members: JsonObject) -> Http:
    where = {"openai.chat": "messages", "openai.responses": "input", "anthropic": "messages"}
    body = {where.get(wire, "contents"): talk, **members}
    path = "/v1beta/models/gemini-3-flash:generateContent" if wire == "gemini" else "/"
    if wire != "gemini":
        body["model"] = "m"
    if wire == "anthropic":
        body["max_tokens"] = 2048
    params = {"version": "v1beta", "model": "gemini-3-flash", "target": "gemini-3-flash:generateContent"}
    headers = {"anthropic-version": "2023-06-01"}
    return Http("POST", path, headers, {}, orjson.dumps(body), params, "k")


def _read(wire: str, http: Http, mode: ContractMode) -> Any:
    return DIALECTS[wire].read(http, Context(contract=mode))


@pytest.mark.parametrize("wire", TALKING)
@given(data=st.data(), turns=TURNS, mode=st.sampled_from(CONTRACT_MODES))
def test_bodies_with_one_outline_are_refused_noted_and_read_alike(
    wire: str, data: st.DataObject, turns: list[tuple[str, bool]], mode: ContractMode
) -> None:
    members = data.draw(st.sampled_from([{}, *MEMBERS[wire]]))
    before, now = (
        _request(
            wire,
            [
                _turn(wire, role, data.draw(TEXTS), in_parts=parts)
                for role, parts in [*turns, ("user", False)]
            ],
            members,
        )
        for _ in range(2)
    )
    talk = DIALECTS[wire].talk
    assert talk
    bodies = [orjson.loads(http.body) for http in (before, now)]
    outlines = [talk.outline(body) for body in bodies]

    if outlines[0] is None or outlines[0] != outlines[1]:
        return
    sample, request = (_read(wire, http, mode) for http in (before, now))
    if not isinstance(sample, Request):
        assert request == sample
        assert request.findings == sample.findings
        return
    made = reworded(sample, talk.messages(bodies[1]), now, request.body)
    assert request == made
    assert request.findings == made.findings
    assert [message.pointer for message in request.messages] == [message.pointer for message in made.messages]


PLAIN: Mapping[str, Callable[[str], Json]] = {
    wire: lambda text, wire=wire: [_turn(wire, "user", text, in_parts=False)]  # type: ignore[misc]
    for wire in TALKING
}


def _outline(wire: str, talk: Json, **members: Json) -> object:
    found = DIALECTS[wire].talk
    assert found
    return found.outline(orjson.loads(_request(wire, talk, members).body))


@pytest.mark.parametrize("wire", TALKING)
def test_words_alone_make_no_other_outline(wire: str) -> None:
    one, other = (_outline(wire, PLAIN[wire](text)) for text in ("One.", "Another one."))

    assert one is not None
    assert one == other


@pytest.mark.parametrize("wire", TALKING)
def test_whatever_else_differs_makes_another_outline(wire: str) -> None:
    said = PLAIN[wire]("One.")
    outlines = [
        _outline(wire, said),
        _outline(wire, said, more=1),
        _outline(wire, said, more=1.0),
        _outline(wire, said, more=True),
        _outline(wire, said, more="1"),
        _outline(wire, said * 2),
        _outline(wire, [_turn(wire, "assistant", "Hi.", in_parts=False), *said]),
        _outline(wire, [_turn(wire, "user", "Hi.", in_parts=True)]) if wire != "gemini" else "other",
    ]

    assert None not in outlines
    assert len(set(outlines)) == len(outlines)


@pytest.mark.parametrize("wire", TALKING)
def test_what_is_more_than_texts_has_no_outline(wire: str) -> None:
    (said,) = PLAIN[wire]("One.")
    content = "parts" if wire == "gemini" else "content"
    part = {"text": "One."} if wire == "gemini" else {"type": "text", "text": "One."}
    talks: list[Json] = [
        None,
        [],
        "  ",
        {},
        [1],
        ["One."],
        [{**said, "name": "me"}],
        [{**said, content: None}],
        [{**said, content: []}],
        [{**said, content: [{**part, "cache_control": {"type": "ephemeral"}}]}],
        [{**said, content: [{**part, "text": 1}]}],
        [{**said, content: [{**part, "text": ""}]}],
        [{**said, content: [{"type": "image", "source": {}}]}],
        [{**said, "role": []}],
        [{**said, "role": "tool"}],
        [said, _turn(wire, "assistant", "Hi.", in_parts=False)],
    ]
    for odd in talks:
        assert _outline(wire, odd) is None


@pytest.mark.parametrize("wire", ["openai.chat", "openai.responses"])
def test_other_instructions_make_another_outline(wire: str) -> None:
    said = PLAIN[wire]("One.")
    one, same, other = (
        _outline(wire, [{"role": "system", "content": text}, *said])
        for text in ("Be kind.", "Be kind.", "Be.")
    )

    assert one == same
    assert one != other


def test_a_body_in_json_mode_has_no_outline_where_the_wire_looks_for_the_word() -> None:
    said = PLAIN["openai.chat"]("One in json.")

    assert _outline("openai.chat", said, response_format={"type": "json_object"}) is None
    assert _outline("openai.chat", said, response_format={"type": "text"}) is not None
