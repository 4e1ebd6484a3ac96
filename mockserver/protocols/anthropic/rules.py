"""Rules between the members of a body, and those that hold under one version alone, each with its sentence.

Mirrors "Versions", "Errors" and the guides on tool use, thinking and structured outputs of the Messages API
documentation (2026-11). A rule takes a body that its models have accepted and gives the sentence of the first
thing it refuses, or None. The first rule that refuses has the word. That calls are answered exactly once is
checked in `pairing`; that thinking is handed back has no rule here yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from mockserver.conversation import Failure, Json
from mockserver.protocols.anthropic.contract import (
    NOT_COUNTED,
    SAMPLING,
    CountBody,
    MessageBody,
    PromptBody,
    ThinkingAdaptive,
    ThinkingEnabled,
    ThreadContinue,
)
from mockserver.protocols.anthropic.contract_content import (
    DocumentBlock,
    MessageParam,
    SearchResultBlock,
    TextBlock,
    ToolResultBlock,
)
from mockserver.protocols.anthropic.contract_tools import (
    ChoiceAny,
    ChoiceTool,
    CustomTool,
    Toolset,
    TypedCustomTool,
    required_name,
)
from mockserver.protocols.anthropic.pairing import unpaired
from mockserver.protocols.anthropic.versions import NEWEST

Rule: TypeAlias = Callable[[PromptBody, str], str | None]
"""A body and the version of its request -> the sentence that refuses it."""


def broken_rule(body: PromptBody, version: str) -> Failure | None:
    """The first rule that the body breaks."""
    for rule in _RULES:
        if sentence := rule(body, version):
            return Failure("invalid_request", message=sentence)
    return None


# ------------------------------------------------------------------------------------------- versions


def _sampling_is_gone(body: PromptBody, version: str) -> str | None:
    sent = body.model_extra or {}
    if version == NEWEST and isinstance(body, MessageBody):
        return _extra(name for name in SAMPLING if name in sent)
    return None


def _count_takes_less(body: PromptBody, _: str) -> str | None:
    sent = body.model_extra or {}
    return _extra(name for name in NOT_COUNTED if name in sent) if isinstance(body, CountBody) else None


def _extra(names: Iterator[str]) -> str | None:
    return next((f"{name}: Extra inputs are not permitted" for name in names), None)


def _no_documents_from_assistant(body: PromptBody, version: str) -> str | None:
    if version != NEWEST:
        return None
    for at, message in enumerate(body.messages):
        if message.role == "assistant":
            for index, block in enumerate(message.content):
                if isinstance(block, DocumentBlock):
                    path = f"messages.{at}.content.{index}"
                    return f"{path}: `document` blocks are not permitted in `assistant` messages"
    return None


def _no_citations_from_user(body: PromptBody, version: str) -> str | None:
    if version != NEWEST:
        return None
    for at, message in enumerate(body.messages):
        if message.role == "user":
            for path, block in _user_texts(message):
                if block.citations:
                    return f"messages.{at}.content.{path}.citations: Extra inputs are not permitted"
    return None


def _user_texts(message: MessageParam) -> Iterator[tuple[str, TextBlock]]:
    """The text blocks of a message, also those inside search results, each with its path."""
    for index, block in enumerate(message.content):
        if isinstance(block, TextBlock):
            yield f"{index}.text", block
        elif isinstance(block, SearchResultBlock):
            for inner, text in enumerate(block.content):
                yield f"{index}.search_result.content.{inner}", text


# ------------------------------------------------------------------------------------------- messages


def _at_least_one_message(body: PromptBody, _: str) -> str | None:
    return None if body.messages or _continues(body) else "messages: at least one message is required"


def _user_opens(body: PromptBody, _: str) -> str | None:
    if _continues(body) or not body.messages or body.messages[0].role == "user":
        return None
    return 'messages: first message must use the "user" role'


def _messages_have_content(body: PromptBody, _: str) -> str | None:
    last = len(body.messages) - 1
    for at, message in enumerate(body.messages):
        if message.content or (at == last and message.role == "assistant"):
            continue
        if message.role == "user":
            return f"messages.{at}: user messages must have non-empty content"
        return (
            f"messages.{at}: all messages must have non-empty content except for the optional final "
            "assistant message"
        )
    return None


def _texts_say_something(body: PromptBody, _: str) -> str | None:
    contents = [("messages", message.content) for message in body.messages]
    for place, content in [*contents, ("system", body.system)]:
        for text in _texts(content):
            if not text:
                return f"{place}: text content blocks must be non-empty"
            if text.isspace():
                return f"{place}: text content blocks must contain non-whitespace text"
    return None


def _texts(content: str | Sequence[object]) -> Iterator[str]:
    """The texts of content; an empty string is no content at all."""
    if not isinstance(content, str):
        yield from (block.text for block in content if isinstance(block, TextBlock))
    elif content:
        yield content


def _calls_are_answered(body: PromptBody, _: str) -> str | None:
    return unpaired(body.messages, continues=_continues(body))


_MOST_BREAKPOINTS = 4


def _breakpoints_are_few(body: PromptBody, _: str) -> str | None:
    marked = sum(getattr(block, "cache_control", None) is not None for block in _cacheable(body))
    if marked <= _MOST_BREAKPOINTS:
        return None
    return f"A maximum of {_MOST_BREAKPOINTS} blocks with cache_control may be provided. Found {marked}."


def _cacheable(body: PromptBody) -> Iterator[object]:
    """Whatever may be marked as the end of a cached prompt: the body itself, its tools and its blocks."""
    yield body
    yield from body.tools
    for content in (body.system, *(message.content for message in body.messages)):
        yield from content
        for block in content:
            if isinstance(block, ToolResultBlock | SearchResultBlock):
                yield from block.content or ()


def _continues(body: PromptBody) -> bool:
    """Whether the conversation goes on from a stored one, so that these are not its first messages."""
    return isinstance(body, MessageBody) and isinstance(body.thread, ThreadContinue)


# ---------------------------------------------------------------------------------------------- tools


def _tool_names_are_known(body: PromptBody, _: str) -> str | None:
    for at, tool in enumerate(body.tools):
        if not isinstance(tool, CustomTool | TypedCustomTool | Toolset):
            name = required_name(tool.type)
            if tool.name != name:
                return f"tools.{at}.{tool.type}.name: Input should be '{name}'"
    return None


def _tool_names_are_unique(body: PromptBody, _: str) -> str | None:
    names = _tool_names(body)
    return None if len(names) == len(set(names)) else "tools: Tool names must be unique."


def _tool_names(body: PromptBody) -> list[str]:
    return [tool.name for tool in body.tools if not isinstance(tool, Toolset)]


def _choice_needs_tools(body: PromptBody, _: str) -> str | None:
    if "tool_choice" not in body.model_fields_set or body.tools:
        return None
    return "tool_choice may only be specified while providing tools"


def _chosen_tool_exists(body: PromptBody, _: str) -> str | None:
    choice = body.tool_choice
    if not isinstance(choice, ChoiceTool) or choice.name in _tool_names(body):
        return None
    if any(isinstance(tool, Toolset) for tool in body.tools):
        return None  # the members of a toolset are not listed in the request
    return f"Tool '{choice.name}' not found in provided tools"


# ------------------------------------------------------------------------------------------- thinking


def _budget_below_limit(body: PromptBody, _: str) -> str | None:
    if not isinstance(body, MessageBody) or not isinstance(body.thinking, ThinkingEnabled):
        return None
    if body.max_tokens > body.thinking.budget_tokens:
        return None
    return (
        "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at "
        "https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size"
    )


def _thinking_forces_no_tool(body: PromptBody, _: str) -> str | None:
    if "thinking" not in body.model_fields_set:
        return None
    if isinstance(body.thinking, ThinkingEnabled | ThinkingAdaptive) and isinstance(
        body.tool_choice, ChoiceAny | ChoiceTool
    ):
        return "Thinking may not be enabled when tool_choice forces tool use."
    return None


# ----------------------------------------------------------------------------------- sequences, schemas


def _stop_sequences_say_something(body: PromptBody, _: str) -> str | None:
    sequences = body.stop_sequences or [] if isinstance(body, MessageBody) else []
    if all(sequence.strip() for sequence in sequences):
        return None
    return "stop_sequences: each stop sequence must contain non-whitespace"


_CLOSED = "For 'object' type, 'additionalProperties' must be explicitly set to false"


def _format_is_closed(body: PromptBody, _: str) -> str | None:
    wanted = body.output_config.format
    if wanted is None or _is_closed(wanted.json_schema):
        return None
    return f"output_config.format.schema: {_CLOSED}"


def _strict_tools_are_closed(body: PromptBody, _: str) -> str | None:
    for at, tool in enumerate(body.tools):
        if (
            isinstance(tool, CustomTool | TypedCustomTool)
            and tool.strict
            and not _is_closed(tool.input_schema)
        ):
            return f"tools.{at}.custom: {_CLOSED}"
    return None


_VALUES = frozenset({"const", "default", "enum", "example", "examples"})
"""Keywords of JSON Schema whose values are no schemas."""


def _is_closed(schema: Json) -> bool:
    """Whether every object in the schema forbids further properties. No recursion: clients nest at will."""
    left: list[Json] = [schema]
    while left:
        node = left.pop()
        if isinstance(node, list):
            left.extend(node)
        elif isinstance(node, dict):
            if node.get("type") == "object" and node.get("additionalProperties") is not False:
                return False
            left.extend(value for key, value in node.items() if key not in _VALUES)
    return True


_RULES: tuple[Rule, ...] = (
    _sampling_is_gone,
    _count_takes_less,
    _at_least_one_message,
    _user_opens,
    _messages_have_content,
    _texts_say_something,
    _calls_are_answered,
    _breakpoints_are_few,
    _no_documents_from_assistant,
    _no_citations_from_user,
    _stop_sequences_say_something,
    _budget_below_limit,
    _tool_names_are_known,
    _tool_names_are_unique,
    _choice_needs_tools,
    _chosen_tool_exists,
    _thinking_forces_no_tool,
    _format_is_closed,
    _strict_tools_are_closed,
)
