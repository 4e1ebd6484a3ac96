"""The response object: what a JSON answer is, and what every life-cycle event carries.

Mirrors "The response object" of the Responses API reference and the member order of live answers (2026-11).
Parameters are echoed from the body with their documented defaults; nulls are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import orjson

from mockserver.conversation import Json, JsonObject, NativeFinish, Reply, Request, Usage
from mockserver.protocols.base import Context
from mockserver.protocols.long_bodies import LongBody, of_rest
from mockserver.protocols.openai.headers import pretty_json
from mockserver.protocols.openai.models import snapshot
from mockserver.protocols.openai.moderation import moderation_result
from mockserver.protocols.openai.responses.ids import response_id
from mockserver.protocols.openai.responses.latest import latest
from mockserver.protocols.openai.responses.output import incomplete_reason, output_of
from mockserver.protocols.openai.responses.read_items import text_of
from mockserver.protocols.tolerant import objects
from mockserver.values import dataclass

_TIERS = {
    "flex": "flex",
    "scale": "scale",
    "priority": "priority",
    "fast": "priority",
    "ultrafast": "ultrafast",
}
"""Asked for -> served. "`fast` request is answered as `priority`"; all else is the default tier."""

_NO_TOKENS = {"image_tokens": 0, "text_tokens": 0}
_TOOL_USAGE = {
    "image_gen": {
        "input_tokens": 0,
        "input_tokens_details": _NO_TOKENS,
        "output_tokens": 0,
        "output_tokens_details": _NO_TOKENS,
        "total_tokens": 0,
    },
    "web_search": {"num_requests": 0},
}


@dataclass(frozen=True, slots=True)
class State:
    """How far a response has got."""

    status: Literal["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"] = "in_progress"
    output: Sequence[JsonObject] = ()
    usage: JsonObject | None = None
    incomplete_details: JsonObject | None = None
    error: JsonObject | None = None


QUEUED = State("queued")
STARTED = State()
CANCELLED = State("cancelled")

_FAILED = NativeFinish("failed")
_NO_ANSWER = {"code": "server_error", "message": "The model failed to generate a response."}
"""The error of the failed response in the reference."""


def finished(reply: Reply, output: Sequence[JsonObject]) -> State:
    """When the whole reply is given."""
    usage, reason = usage_object(reply.usage), incomplete_reason(reply)
    if reason is not None:
        return State("incomplete", output, usage, {"reason": reason})
    if reply.finish == _FAILED:
        return failed(_NO_ANSWER, output)
    return State("completed", output, usage)


@latest
def finished_response(reply: Reply, request: Request, context: Context) -> JsonObject:
    """The response when the whole reply is given."""
    output = output_of(reply, request, context).items
    return response_object(finished(reply, output), request, context)


def failed(error: JsonObject, output: Sequence[JsonObject]) -> State:
    """When `error` has ended it: what was done of the output stays, and there is no usage."""
    told = {"code": error["code"] or error["type"], "message": error["message"]}
    return State("failed", output, error=told)


def response_object(state: State, request: Request, context: Context) -> JsonObject:
    """The response in that state. Its members stand in the order of live answers."""
    body, now, running = request.body, int(context.now), state.status in ("queued", "in_progress")
    return {
        "id": response_id(context),
        "object": "response",
        "created_at": now,
        "status": state.status,
        "background": body.get("background") or False,
        **({} if running else {"billing": {"payer": "developer"}}),
        "completed_at": now if state.status == "completed" else None,
        **_conversation(body),
        "error": state.error,
        "frequency_penalty": 0.0,
        "incomplete_details": state.incomplete_details,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": body.get("max_tool_calls"),
        "model": snapshot(request.model),
        "moderation": _moderation(body, state),
        "output": list(state.output),
        "parallel_tool_calls": _given(body, "parallel_tool_calls", default=True),
        "presence_penalty": 0.0,
        "previous_response_id": body.get("previous_response_id"),
        **_when_given(body, "prompt"),
        "prompt_cache_key": body.get("prompt_cache_key"),
        **_prompt_cache_options(body),
        "prompt_cache_retention": body.get("prompt_cache_retention"),
        "reasoning": _reasoning(body),
        "safety_identifier": body.get("safety_identifier"),
        "service_tier": _service_tier(body, running=running),
        **_told_to_the_model(body),
        "usage": state.usage,
        "user": body.get("user"),
        "metadata": _given(body, "metadata", default={}),
    }


def _told_to_the_model(body: JsonObject) -> JsonObject:
    """How it is to answer, and by what tools. That it is stored stands among it."""
    return {
        "store": _given(body, "store", default=True),
        "temperature": _given(body, "temperature", default=1.0),
        "text": _text(body),
        "tool_choice": _given(body, "tool_choice", default="auto"),
        "tool_usage": _TOOL_USAGE,
        "tools": of_rest(body, _tools),
        "top_logprobs": _given(body, "top_logprobs", default=0),
        "top_p": _given(body, "top_p", default=1.0),
        "truncation": _given(body, "truncation", default="disabled"),
    }


def usage_object(usage: Usage) -> JsonObject:
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cache_write_tokens": usage.cache_write, "cached_tokens": usage.cached},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.thinking},
        "total_tokens": usage.input + usage.output,
    }


# ------------------------------------------------------------------------------------- echoed parameters


def _given(body: JsonObject, name: str, *, default: Json) -> Json:
    """The parameter as it was sent; null, too, means the default."""
    value = body.get(name)
    return default if value is None else value


def _when_given(body: JsonObject, name: str) -> JsonObject:
    """A member that answers have only when the request has it."""
    return {} if body.get(name) is None else {name: body[name]}


def _prompt_cache_options(body: JsonObject) -> JsonObject:
    given = body.get("prompt_cache_options")
    if not given:
        return {}
    comparison = _when_given(given, "comparison_response_id")
    mode, ttl = given.get("mode") or "implicit", given.get("ttl") or "30m"
    return {"prompt_cache_options": {**comparison, "mode": mode, "ttl": ttl}}


def _conversation(body: JsonObject) -> JsonObject:
    conversation = body.get("conversation")
    if conversation is None:
        return {}
    return {"conversation": {"id": conversation["id"] if isinstance(conversation, dict) else conversation}}


def _moderation(body: JsonObject, state: State) -> JsonObject | None:
    """The verdict on input and output, where it was asked for and there is an output."""
    asked = body.get("moderation")
    if not asked or state.status not in ("completed", "incomplete"):
        return None
    given = body.get("input")
    sides = {
        "input": given if isinstance(given, str) else _texts(given),
        "output": _texts(list(state.output)),
    }
    return {side: moderation_result(asked["model"], text) for side, text in sides.items()}


def _texts(items: Json) -> str:
    return "\n".join(text_of(item.get("content")) for item in objects(items))


def _reasoning(body: JsonObject) -> JsonObject:
    given = body.get("reasoning") or {}
    return {
        "context": given.get("context"),
        "effort": given.get("effort"),
        "mode": given.get("mode") or "standard",
        "summary": given.get("summary") or given.get("generate_summary"),
    }


def _service_tier(body: JsonObject, *, running: bool) -> str:
    # Until it is done, the live API says "auto", whatever will serve the request.
    return "auto" if running else _TIERS.get(body.get("service_tier") or "auto", "default")


def _text(body: JsonObject) -> JsonObject:
    given = body.get("text") or {}
    return {"format": _format(given.get("format")), "verbosity": given.get("verbosity") or "medium"}


def _format(given: JsonObject | None) -> JsonObject:
    if given is None:
        return {"type": "text"}
    if given["type"] != "json_schema":
        return {"type": given["type"]}
    return {
        "type": "json_schema",
        "description": given.get("description"),
        "name": given["name"],
        "schema": given["schema"],
        "strict": _given(given, "strict", default=False),
    }


_TOOL_DEFAULTS: Mapping[str, JsonObject] = {
    "function": {"description": None, "output_schema": None, "parameters": None, "strict": True},
    "custom": {"description": None, "format": {"type": "text"}},
}


def _tools(body: JsonObject) -> list[JsonObject]:
    return _echoed(body.get("tools"))


@latest
def _echoed(tools: Json) -> list[JsonObject]:
    return [_tool(tool) for tool in tools or ()]


def _tool(tool: JsonObject) -> JsonObject:
    """The tool with its defaults, type first and the rest by name; those that the API runs as they are."""
    defaults = _TOOL_DEFAULTS.get(tool["type"])
    if defaults is None:
        return tool
    filled = {name: _given(tool, name, default=default) for name, default in defaults.items()}
    members = tool | filled
    return {"type": tool["type"], **dict(sorted(members.items()))}


# ------------------------------------------------------------------------------------------------ written


def indented(response: JsonObject, body: JsonObject) -> JsonObject:
    """The response to `body`, for who writes it as a JSON answer. Tools are most of it, and an agent offers
    the same again and again: those of a long body are written once for all that begin like it.
    """
    return _with(_indented_tools, response, body)


def in_one_line(response: JsonObject, body: JsonObject) -> JsonObject:
    """The same for who writes it into an event."""
    return _with(_tools_in_one_line, response, body)


def _with(
    write: Callable[[JsonObject], orjson.Fragment], response: JsonObject, body: JsonObject
) -> JsonObject:
    return {**response, "tools": of_rest(body, write)} if isinstance(body, LongBody) else response


def _indented_tools(body: JsonObject) -> orjson.Fragment:
    # As a member of the answer they stand one level deeper; no string of JSON has a line break in it.
    return orjson.Fragment(pretty_json(_tools(body)).replace(b"\n", b"\n  "))


def _tools_in_one_line(body: JsonObject) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(_tools(body)))
