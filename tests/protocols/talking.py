"""Conversations on each wire: turns, calls of tools with what these gave, and requests of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import orjson
from faults.wires import DIALECTS
from hypothesis import strategies as st

from mockserver.conversation import Http, Json, JsonObject, json_text

TALKING = [name for name, dialect in DIALECTS.items() if dialect.talk]
TEXTS = st.text(min_size=1, max_size=40) | st.sampled_from(
    ["json", "![image](data:image/png;base64,AAAA) there", " ", "\n", "{[" * 120, "é\u2028😀", "x "]
)
TURNS = st.lists(st.tuples(st.sampled_from(["user", "assistant", "system"]), st.booleans()), max_size=4)
"""Who speaks, and whether in parts."""

IDS = st.sampled_from(
    ["call_1", "call_2", "c-3", "toolu_" + "4" * 20, "", "a b", "i" * 45, "i" * 65, "\u00e9"]
)
VALUES = st.dictionaries(
    st.sampled_from(["city", "name", "result", "error", "text", "id"]),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | TEXTS,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
        max_leaves=4,
    ),
    max_size=2,
)

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


def turn(wire: str, role: str, text: str, *, in_parts: bool) -> Json:
    if wire == "gemini":
        parts = [{"text": text}, {"text": text}] if in_parts else [{"text": text}]
        return {"role": {"assistant": "model"}.get(role, role), "parts": parts}
    kind = {"openai.responses": "output_text" if role == "assistant" else "input_text"}.get(wire, "text")
    return {"role": role, "content": [{"type": kind, "text": text}] if in_parts else text}


Call: TypeAlias = tuple[str, JsonObject]
"""An id and arguments."""

Result: TypeAlias = tuple[str, str]
"""The id that it answers, and what it tells."""


def calling(
    wire: str, text: str | None, calls: list[Call], results: list[Result], *, thought: str = ""
) -> list[Json]:
    """A turn that calls `f`, and what is answered to it. Before it something was `thought`."""
    make = {
        "openai.chat": _called_in_chat,
        "openai.responses": _called_in_responses,
        "anthropic": _called_in_anthropic,
        "gemini": _called_in_gemini,
    }[wire]
    return make(text, calls, results, thought)


def _called_in_chat(text: str | None, calls: list[Call], results: list[Result], thought: str) -> list[Json]:
    called = [
        {"id": name, "type": "function", "function": {"name": "f", "arguments": json_text(given)}}
        for name, given in calls
    ]
    told = [{"role": "tool", "tool_call_id": name, "content": told} for name, told in results]
    other: JsonObject = {"refusal": None, "annotations": [], "audio": None, "function_call": None}
    reasoning = {"reasoning_content": thought, **other} if thought else {}
    return [{"role": "assistant", "content": text, "tool_calls": called, **reasoning}, *told]


def _called_in_responses(
    text: str | None, calls: list[Call], results: list[Result], thought: str
) -> list[Json]:
    said = [{"type": "output_text", "text": text, "annotations": list[Json]()}]
    message = {"type": "message", "role": "assistant", "id": "msg_1", "content": said}
    called = [
        {"type": "function_call", "call_id": name, "id": "fc_1", "name": "f", "arguments": json_text(given)}
        for name, given in calls
    ]
    told = [{"type": "function_call_output", "call_id": name, "output": told} for name, told in results]
    summary = [{"type": "summary_text", "text": thought}]
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": summary, "encrypted_content": thought}
    return [*([reasoning] if thought else []), *([message] if text else []), *called, *told]


def _called_in_anthropic(
    text: str | None, calls: list[Call], results: list[Result], thought: str
) -> list[Json]:
    said: list[Json] = [{"type": "text", "text": text, "citations": None}] if text else []
    if thought:
        said.insert(0, {"type": "thinking", "thinking": thought, "signature": thought})
    called = [{"type": "tool_use", "id": name, "name": "f", "input": given} for name, given in calls]
    told = [{"type": "tool_result", "tool_use_id": name, "content": told} for name, told in results]
    return [{"role": "assistant", "content": [*said, *called]}, {"role": "user", "content": told}]


def _called_in_gemini(text: str | None, calls: list[Call], results: list[Result], thought: str) -> list[Json]:
    said: list[Json] = [{"text": text}] if text else []
    if thought:
        said.insert(0, {"text": thought, "thought": True})
    called = [
        {"functionCall": {"name": "f", "args": given, "id": name}, "thoughtSignature": signature}
        for signature, (name, given) in zip(SIGNATURES, calls, strict=False)
    ]
    told = [
        {"functionResponse": {"id": name, "name": "f", "response": {"result": told}}}
        for name, told in results
    ]
    return [{"role": "model", "parts": [*said, *called]}, {"role": "user", "parts": told}]


SIGNATURES = ("YWJj", "YWJj")


def asking(wire: str, talk: Json, members: JsonObject) -> Http:
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
