"""Nothing a client sends breaks the reader: it is read, or refused in the API's words."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from protocols.anthropic.messages_wire import CONTEXT, NEW, OLD, WEATHER, body_of, post

from mockserver.conversation import Failure, Http, Request
from mockserver.protocols.anthropic import MESSAGES, VENDOR
from mockserver.protocols.anthropic.count import count_tokens
from mockserver.protocols.base import Answer

FULL: dict[str, Any] = body_of(
    messages=[
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}},
                {
                    "type": "document",
                    "source": {"type": "content", "content": [{"type": "text", "text": "x"}]},
                },
                {
                    "type": "search_result",
                    "source": "s",
                    "title": "t",
                    "content": [{"type": "text", "text": "x"}],
                },
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
                {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"a": 1}},
                {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}},
                {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "x"}]}
            ],
        },
    ],
    system=[{"type": "text", "text": "Be brief."}],
    tools=[WEATHER, {"type": "bash_20250124", "name": "bash"}],
    tool_choice={"type": "auto", "disable_parallel_tool_use": True},
    thinking={"type": "enabled", "budget_tokens": 1024, "display": "omitted"},
    output_config={"format": {"type": "json_schema", "schema": {"type": "string"}}},
    metadata={"user_id": "me"},
    stop_sequences=["END"],
    container={"skills": []},
    thread={"type": "continue", "previous_message_id": "msg_1"},
    diagnostics={"previous_message_id": None},
)

texts = st.text(st.characters(codec="utf-8"), max_size=8)
garbage = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values inside a JSON value."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += _places(inner, (*path, key))
    return found


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copied = value.copy()
    copied[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copied


@given(path=st.sampled_from(_places(FULL)), value=garbage, version=st.sampled_from([NEW, OLD]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_garbage_at_any_place_of_a_body_is_read_or_refused(
    path: tuple[Any, ...], value: Any, version: str
) -> None:
    try:
        content = orjson.dumps(_replaced(FULL, path, value))
    except TypeError:  # an integer that JSON here does not write
        return
    http = post(content, version)

    found = MESSAGES.read(http, CONTEXT)

    assert isinstance(found, Request | Failure)
    if isinstance(found, Failure):
        assert VENDOR.refuse(found, http, CONTEXT).status in {400, 404}


@given(path=st.sampled_from(_places(FULL)), value=garbage)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_garbage_is_counted_or_refused(path: tuple[Any, ...], value: Any) -> None:
    names = ("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config")
    try:
        content = orjson.dumps({name: _replaced(FULL, path, value)[name] for name in names})
    except TypeError:
        return

    assert isinstance(count_tokens(post(content), CONTEXT), Answer | Failure)


@given(content=st.binary(max_size=50) | garbage.map(str).map(str.encode))
@settings(deadline=None)
def test_bytes_of_any_kind_are_refused(content: bytes) -> None:
    assert isinstance(MESSAGES.read(post(content), CONTEXT), Failure)


@given(headers=st.dictionaries(st.sampled_from(["anthropic-version", "anthropic-beta"]), st.text(max_size=8)))
@settings(deadline=None)
def test_headers_of_any_kind_are_read_or_refused(headers: dict[str, str]) -> None:
    http = Http("POST", "/v1/messages", headers, body=orjson.dumps(body_of()))

    found = MESSAGES.read(http, CONTEXT)

    assert isinstance(found, Request | Failure)
    if isinstance(found, Failure):
        assert orjson.loads(VENDOR.refuse(found, http, CONTEXT).body)["type"] == "error"


@pytest.mark.parametrize("depth", [200, 900, 5000])
def test_a_body_nested_without_end_is_read_or_refused(depth: int) -> None:
    deep = b"[" * depth + b"]" * depth
    schema = b'{"type":"object","deep":' + deep + b"}"
    tool = b'{"name":"f","strict":true,"input_schema":' + schema + b"}"
    content = (
        b'{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"Hi"}],"tools":[' + tool + b"]}"
    )

    assert isinstance(MESSAGES.read(post(content), CONTEXT), Failure)
    assert isinstance(
        MESSAGES.read(post(content.replace(b'"strict":true,', b"")), CONTEXT), Request | Failure
    )
