"""Rules between the fields of a request: each is a function from the request to a failure or None.

Mirrors what the live API refuses beyond its schema, in its words (2026-11). They are tried in order, after
the schema; the first that is broken is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mockserver.conversation import Failure
from mockserver.protocols.openai.chat.contract import ChatRequest, JsonObjectFormat
from mockserver.protocols.openai.chat.contract_messages import (
    AssistantMessage,
    Message,
    TextPart,
    ToolMessage,
)
from mockserver.protocols.openai.chat.order import broken_order


def broken_rule(request: ChatRequest) -> Failure | None:
    return next((failure for rule in _RULES if (failure := rule(request))), None)


def _a_model_is_named(request: ChatRequest) -> Failure | None:
    if request.model:
        return None
    return _invalid("you must provide a model parameter", "model", "missing_required_parameter")


def _stream_options_need_stream(request: ChatRequest) -> Failure | None:
    if request.stream_options is None or request.stream:
        return None
    return _invalid(
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options"
    )


def _tool_options_need_tools(request: ChatRequest) -> Failure | None:
    if request.tools:
        return None
    return _only_with(request, "tool_choice", "tools") or _only_with(request, "parallel_tool_calls", "tools")


def _function_call_needs_functions(request: ChatRequest) -> Failure | None:
    return None if request.functions else _only_with(request, "function_call", "functions")


def _only_with(request: ChatRequest, param: str, needed: str) -> Failure | None:
    if param not in request.model_fields_set:
        return None
    return _invalid(
        f"Invalid value for '{param}': '{param}' is only allowed when '{needed}' are specified.", param
    )


def _one_token_limit(request: ChatRequest) -> Failure | None:
    if request.max_tokens is None or request.max_completion_tokens is None:
        return None
    message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
    return _invalid(message, None, "invalid_parameter_combination")


def _top_logprobs_need_logprobs(request: ChatRequest) -> Failure | None:
    if request.top_logprobs is None or request.logprobs:
        return None
    return _invalid(
        "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs"
    )


def _assistants_say_something(request: ChatRequest) -> Failure | None:
    for index, message in enumerate(request.messages):
        if isinstance(message, AssistantMessage) and _is_silent(message):
            param = f"messages[{index}].content"
            if "content" not in message.model_fields_set:
                return _invalid(
                    f"Missing required parameter: '{param}'.", param, "missing_required_parameter"
                )
            message_text = f"Invalid type for '{param}': expected a string, but got null instead."
            return _invalid(message_text, param, "invalid_type")
    return None


def _is_silent(message: AssistantMessage) -> bool:
    said = (message.refusal, message.reasoning_content, message.audio, message.function_call)
    return message.content is None and not message.tool_calls and not any(said)


def _tools_answer_in_text(request: ChatRequest) -> Failure | None:
    for index, message in enumerate(request.messages):
        if isinstance(message, ToolMessage) and not _is_text(message):
            param = f"messages[{index}]"
            expected = "Content blocks are expected to be either text or image_url type."
            return _invalid(f"Invalid '{param}'. {expected}", param, "invalid_value")
    return None


def _is_text(message: ToolMessage) -> bool:
    return isinstance(message.content, str) or all(isinstance(part, TextPart) for part in message.content)


def _messages_in_order(request: ChatRequest) -> Failure | None:
    return broken_order(request.messages)


def _json_is_spoken_of(request: ChatRequest) -> Failure | None:
    if not isinstance(request.response_format, JsonObjectFormat):
        return None
    if any("json" in text.lower() for message in request.messages for text in _texts(message)):
        return None
    return _invalid(
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
        "'json_object'.",
        "messages",
    )


def _texts(message: Message) -> Iterator[str]:
    content = message.content
    if isinstance(content, str):
        yield content
    else:
        yield from (part.text for part in content or () if isinstance(part, TextPart))


def _invalid(message: str, param: str | None, code: str | None = None) -> Failure:
    return Failure("invalid_request", message=message, param=param, code=code)


_RULES: tuple[Callable[[ChatRequest], Failure | None], ...] = (
    _a_model_is_named,
    _assistants_say_something,
    _tools_answer_in_text,
    _stream_options_need_stream,
    _tool_options_need_tools,
    _function_call_needs_functions,
    _one_token_limit,
    _top_logprobs_need_logprobs,
    _messages_in_order,
    _json_is_spoken_of,
)
