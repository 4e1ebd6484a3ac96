"""Whatever is sent to whatever route: a well-formed answer of its vendor, no fault and no exception."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.conversation import CONTRACT_MODES, ContractMode, Http, Json
from mockserver.engine import Engine
from mockserver.journal.entries import Journal
from mockserver.playback.steps import gathered
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Answer, Route
from mockserver.service import Service
from mockserver.settings import Settings

SERVICES = {
    mode: Service(VENDORS, Engine(), Journal(limit=10), Settings(contract=mode, speed=0))
    for mode in CONTRACT_MODES
}
ROUTES = [route for vendor in VENDORS for route in vendor.routes if "tunedModels" not in route.path]
"""All; tuned models have the handlers of models."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HEADERS = {"anthropic-version": "2023-06-01", "content-type": "application/json"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CALLS = [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"city":"Rome"}'}}]
PNG = "iVBORw0KGgo="

SOUND: list[tuple[str, Json]] = [
    (
        "chat/completions",
        {
            "model": "gpt-5.5",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                {"role": "assistant", "content": None, "tool_calls": CALLS},
                {"role": "tool", "tool_call_id": "c1", "content": "18"},
            ],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": SCHEMA}}],
            "tool_choice": "auto",
            "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": SCHEMA}},
            "stream": True,
            "stream_options": {"include_usage": True},
            "store": True,
            "metadata": {"a": "b"},
            "stop": ["x"],
            "n": 1,
        },
    ),
    (
        "responses",
        {
            "model": "gpt-5.5",
            "instructions": "Be brief.",
            "input": [
                {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
                {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "c1", "output": "18"},
            ],
            "tools": [{"type": "function", "name": "f", "parameters": SCHEMA, "strict": False}],
            "text": {"format": {"type": "json_schema", "name": "s", "schema": SCHEMA}},
            "reasoning": {"effort": "low"},
            "include": ["reasoning.encrypted_content"],
            "stream": True,
        },
    ),
    (
        "conversations",
        {"items": [{"type": "message", "role": "user", "content": "Hi"}], "metadata": {"a": "b"}},
    ),
    (
        "batches",
        {
            "requests": [
                {
                    "custom_id": "a",
                    "params": {
                        "model": "m",
                        "max_tokens": 9,
                        "messages": [{"role": "user", "content": "Hi"}],
                    },
                }
            ]
        },
    ),
    (
        "count_tokens",
        {"model": "claude-opus-4-6", "messages": [{"role": "user", "content": "Hi"}], "system": "Be brief."},
    ),
    (
        "messages",
        {
            "model": "claude-opus-4-6",
            "max_tokens": 2048,
            "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                {
                    "role": "assistant",
                    "content": [{"type": "tool_use", "id": "t1", "name": "f", "input": {}}],
                },
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "18"}]},
            ],
            "tools": [{"name": "f", "input_schema": SCHEMA}],
            "tool_choice": {"type": "auto"},
            "metadata": {"user_id": "u"},
            "stream": True,
        },
    ),
    (
        "GenerateContent",
        {
            "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "contents": [
                {
                    "role": "user",
                    "parts": [{"text": "Hi"}, {"inlineData": {"mimeType": "image/png", "data": PNG}}],
                },
                {
                    "role": "model",
                    "parts": [{"functionCall": {"id": "c", "name": "f", "args": {"city": "Rome"}}}],
                },
                {
                    "role": "user",
                    "parts": [{"functionResponse": {"id": "c", "name": "f", "response": {"t": 18}}}],
                },
            ],
            "tools": [{"functionDeclarations": [{"name": "f", "parameters": {"type": "OBJECT"}}]}],
            "toolConfig": {"functionCallingConfig": {"mode": "AUTO"}},
            "generationConfig": {
                "maxOutputTokens": 99,
                "thinkingConfig": {"thinkingBudget": 0},
                "responseMimeType": "application/json",
                "responseSchema": {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}},
            },
        },
    ),
    ("countTokens", {"contents": [{"parts": [{"text": "Hi"}]}]}),
    ("batchEmbedContents", {"requests": [{"model": "models/m", "content": {"parts": [{"text": "Hi"}]}}]}),
    ("embedContent", {"content": {"parts": [{"text": "Hi"}]}, "outputDimensionality": 3}),
    ("cachedContents", {"model": "models/m", "contents": [{"parts": [{"text": "Hi"}]}], "ttl": "60s"}),
    ("embeddings", {"model": "text-embedding-3-small", "input": ["Hi", "Ho"], "dimensions": 8}),
    ("completions", {"model": "davinci-002", "prompt": ["Hi"], "max_tokens": 9, "stream": True}),
    ("moderations", {"model": "omni-moderation-latest", "input": [{"type": "text", "text": "Hi"}]}),
]
"""A body as its route wants it, by the word that the path ends with; the first that fits."""

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["user", "assistant", "text", "auto", "function", "models/m", "c1", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def sound_body(path: str) -> Json:
    found = (body for word, body in SOUND if word.lower() in path.rpartition("/v1")[2].lower())
    return copy.deepcopy(next(found, {}))


def places(value: Json, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all that stands in a value, and to itself."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for step, member in inner for place in places(member, (*way, step)))]


def planted(body: Json, way: tuple[Any, ...], junk: Json) -> Json:
    if not way:
        return junk
    holder = body
    for step in way[:-1]:
        holder = holder[step]
    holder[way[-1]] = junk
    return body


@st.composite
def bodies(draw: st.DrawFn, route: Route) -> bytes:
    """A sound body, one with junk at one or two places, one with a member more, or nothing but junk."""
    body = sound_body(route.path)
    for _ in range(draw(st.integers(0, 2))):
        body = planted(body, draw(st.sampled_from(places(body))), draw(JUNK))
    if isinstance(body, dict) and draw(st.booleans()):
        body[draw(st.text(max_size=6))] = draw(JUNK)
    return orjson.dumps(body)


@st.composite
def requests(draw: st.DrawFn) -> Http:
    route = draw(st.sampled_from(ROUTES))
    path = route.path.replace("{model}", draw(st.sampled_from(["gpt-5.5", "mock-x", "a/b", "é\n"])))
    return Http(
        draw(st.sampled_from((route.method,) * 4 + METHODS)),
        path,
        HEADERS,
        draw(
            st.dictionaries(
                st.sampled_from(["limit", "after", "stream", "pageSize", "order", "alt"]), st.text(max_size=4)
            )
        ),
        draw(bodies(route)),
        key="k",
    )


def check(http: Http, mode: ContractMode) -> None:
    exchange = SERVICES[mode].respond(http)
    answer = gathered(exchange.steps)
    told = f"{answer.status} {answer.body[:300]!r}"
    assert answer.status < 500, told
    assert is_well_formed(answer), told


def is_well_formed(answer: Answer) -> bool:
    kind = {name.lower(): value for name, value in answer.headers}.get("content-type", "")
    if answer.status >= 400:
        value = orjson.loads(answer.body)
        return "error" in (value[0] if isinstance(value, list) else value)
    if kind.startswith("text/event-stream"):
        data = [line[5:].strip() for line in answer.body.splitlines() if line.startswith(b"data:")]
        return bool(data) and all(item == b"[DONE]" or orjson.loads(item) for item in data)
    return not answer.body or orjson.loads(answer.body) is not None


@pytest.mark.parametrize("mode", CONTRACT_MODES)
@given(http=requests())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_on_any_route_is_answered(http: Http, mode: ContractMode) -> None:
    check(http, mode)


@pytest.mark.parametrize("mode", CONTRACT_MODES)
@given(route=st.sampled_from(ROUTES), body=st.binary(max_size=20))
@settings(max_examples=50, deadline=None)
def test_any_bytes_on_any_route_are_answered(route: Route, body: bytes, mode: ContractMode) -> None:
    check(Http(route.method, route.path, HEADERS, body=body, key="k"), mode)


@pytest.mark.parametrize("mode", ["documented", "off"])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_sound_body_is_no_error_of_its_route(route: Route, mode: ContractMode) -> None:
    """So what the properties plant junk in is a body that the route reads. What has an id is not there."""
    path = route.path.replace("{model}", "m")
    http = Http(route.method, path, HEADERS, body=orjson.dumps(sound_body(route.path)), key="k")

    answer = gathered(SERVICES[mode].respond(http).steps)

    assert answer.status in {200, 403, 404} if "{" in route.path else answer.status == 200, answer.body
