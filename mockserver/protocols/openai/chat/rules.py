"""Rules between the fields of a request: each is a function from the request to the failures it is due, and
stands with the member that it is about, without which it holds.

Mirrors what the live API refuses beyond its schema, in its words (2026-11). They are tried in order, after
the schema and the model; the API tells the first that is broken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mockserver.conversation import Failure, Json, JsonObject
from mockserver.protocols.gate import pointer
from mockserver.protocols.long_bodies import new_in, of_rest
from mockserver.protocols.openai.chat.contract_messages import LONGEST_CALL_ID
from mockserver.protocols.openai.chat.order import broken_order
from mockserver.protocols.openai.functions import refused_parameters, takes_object
from mockserver.protocols.tolerant import members

_SAYING = ("content", "refusal", "reasoning_content", "audio", "function_call")
"""The members of an assistant's message that say something, besides calls."""


def broken_rules(request: JsonObject) -> Iterator[Failure]:
    """What is refused, in the order in which the API finds it."""
    for member, rule in _RULES:
        if member in request:
            yield from rule(request)


def pointer_to(param: str | None) -> str:
    """The JSON pointer of what a failure names in either of the API's styles: `messages.[1].role` or
    `messages[1].role`.
    """
    return pointer(re.findall(r"[^.\[\]]+", param or ""))


def _a_model_is_named(request: JsonObject) -> Iterator[Failure]:
    if not request["model"]:
        yield _invalid("you must provide a model parameter", "model", "missing_required_parameter")


def _functions_take_objects(request: JsonObject) -> Iterator[Failure]:
    yield from of_rest(request, _functions_without_object)


def _functions_without_object(request: JsonObject) -> list[Failure]:
    functions = [tool.get("function") for tool in request.get("tools", ())]
    return [
        refused_parameters(function, f"tools[{at}].function.parameters")
        for at, function in enumerate(functions)
        if function and not takes_object(function.get("parameters"))
    ]


def _stream_options_need_stream(request: JsonObject) -> Iterator[Failure]:
    if request.get("stream_options") is not None and not request.get("stream"):
        yield _invalid(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options"
        )


def _tool_choice_needs_tools(request: JsonObject) -> Iterator[Failure]:
    yield from _only_with(request, "tool_choice", "tools")


def _parallel_calls_need_tools(request: JsonObject) -> Iterator[Failure]:
    yield from _only_with(request, "parallel_tool_calls", "tools")


def _function_call_needs_functions(request: JsonObject) -> Iterator[Failure]:
    yield from _only_with(request, "function_call", "functions")


def _only_with(request: JsonObject, param: str, needed: str) -> Iterator[Failure]:
    if not request.get(needed):
        yield _invalid(
            f"Invalid value for '{param}': '{param}' is only allowed when '{needed}' are specified.", param
        )


def _one_token_limit(request: JsonObject) -> Iterator[Failure]:
    if request.get("max_tokens") is not None and request.get("max_completion_tokens") is not None:
        message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
        yield _invalid(message, None, "invalid_parameter_combination")


def _top_logprobs_need_logprobs(request: JsonObject) -> Iterator[Failure]:
    if request.get("top_logprobs") is not None and not request.get("logprobs"):
        yield _invalid(
            "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs"
        )


def _call_ids_are_short(request: JsonObject) -> Iterator[Failure]:
    for index, message in new_in(request["messages"]):
        calls = message.get("tool_calls") if message["role"] == "assistant" else None
        for at, call in enumerate(calls or ()):
            if len(call["id"]) > LONGEST_CALL_ID:
                param = f"messages[{index}].tool_calls[{at}].id"
                yield _invalid(
                    f"Invalid '{param}': string too long. Expected a string with maximum length "
                    f"{LONGEST_CALL_ID}, but got a string with length {len(call['id'])} instead.",
                    param,
                    "string_above_max_length",
                )


def _assistants_say_something(request: JsonObject) -> Iterator[Failure]:
    for index, message in new_in(request["messages"]):
        if message["role"] == "assistant" and _is_silent(message):
            param = f"messages[{index}].content"
            if "content" in message:
                message_text = f"Invalid type for '{param}': expected a string, but got null instead."
                yield _invalid(message_text, param, "invalid_type")
            else:
                yield _invalid(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")


def _is_silent(message: JsonObject) -> bool:
    return not message.get("tool_calls") and all(message.get(name) is None for name in _SAYING)


def _tools_answer_in_text(request: JsonObject) -> Iterator[Failure]:
    for index, message in new_in(request["messages"]):
        if message["role"] == "tool" and not _is_text(message["content"]):
            param = f"messages[{index}]"
            expected = "Content blocks are expected to be either text or image_url type."
            yield _invalid(f"Invalid '{param}'. {expected}", param, "invalid_value")


def _is_text(content: Json) -> bool:
    return isinstance(content, str) or all(part["type"] == "text" for part in content)


def _messages_in_order(request: JsonObject) -> Iterator[Failure]:
    return broken_order(request["messages"])


def _json_is_spoken_of(request: JsonObject) -> Iterator[Failure]:
    if members(request.get("response_format")).get("type") != "json_object":
        return
    if not any("json" in text.lower() for message in request["messages"] for text in _texts(message)):
        yield _invalid(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
            "'json_object'.",
            "messages",
        )


def _texts(message: JsonObject) -> Iterator[str]:
    content = message.get("content")
    if isinstance(content, str):
        yield content
    else:
        yield from (part["text"] for part in content or () if part["type"] == "text")


def _invalid(message: str, param: str | None, code: str | None = None) -> Failure:
    return Failure("invalid_request", message=message, param=param, code=code)


_RULES: tuple[tuple[str, Callable[[JsonObject], Iterator[Failure]]], ...] = (
    ("model", _a_model_is_named),
    ("messages", _call_ids_are_short),
    ("messages", _assistants_say_something),
    ("tools", _functions_take_objects),
    ("messages", _tools_answer_in_text),
    ("stream_options", _stream_options_need_stream),
    ("tool_choice", _tool_choice_needs_tools),
    ("parallel_tool_calls", _parallel_calls_need_tools),
    ("function_call", _function_call_needs_functions),
    ("max_tokens", _one_token_limit),
    ("top_logprobs", _top_logprobs_need_logprobs),
    ("messages", _messages_in_order),
    ("response_format", _json_is_spoken_of),
)
