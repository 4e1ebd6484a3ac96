"""Rules between messages: who speaks first and last, what is empty, what is answered, what is marked.

Mirrors "Create a Message: messages" and the sentences of its errors (2026-11). Consecutive messages of one
role are one turn for the API, and are no fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.protocols.anthropic.asked import Asked, Broken, Rule
from mockserver.protocols.anthropic.contract import MessageBody
from mockserver.protocols.anthropic.contract_content import (
    AssistantMessage,
    CompactionBlock,
    McpToolResultBlock,
    MessageParam,
    SearchResultBlock,
    ServerToolResultBlock,
    SystemMessage,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    UserMessage,
)
from mockserver.protocols.anthropic.contract_options import ThinkingEnabled
from mockserver.protocols.anthropic.pairing import unpaired, unthought


def _at_least_one_message(asked: Asked) -> Iterator[Broken]:
    if not asked.body.messages and not asked.continues:
        yield Broken("messages: at least one message is required", "/messages")


def _user_opens(asked: Asked) -> Iterator[Broken]:
    at, first = next(_placed(asked), (0, None))
    if first is None or asked.continues or isinstance(first, UserMessage | SystemMessage):
        return
    if not isinstance(next(iter(first.content), None), CompactionBlock):  # it stands for what was before
        yield Broken('messages: first message must use the "user" role', f"/messages/{at}/role")


_DIRECTIVES = "the directive-only form (content: [] with output_config) is accepted at any position"
_NOT_FIRST = "use the top-level 'system' parameter for the initial system prompt"
_NOT_THERE = (
    "role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result"
)
_NOT_BEFORE = "role 'system' must precede an 'assistant' message or end the array"


def _system_messages_have_their_place(asked: Asked) -> Iterator[Broken]:
    """Where the model takes them at all."""
    if asked.model and not asked.model.system_messages:
        return
    before: MessageParam | None = None
    placed = list(_placed(asked))
    for (at, message), after in zip(placed, [*placed[1:], None], strict=False):
        if isinstance(message, SystemMessage):
            if before is None and not asked.continues:
                yield Broken(f"messages.{at}: {_NOT_FIRST}; {_DIRECTIVES}", f"/messages/{at}")
            elif isinstance(before, AssistantMessage) and not _ends_in_result(before):
                yield Broken(f"messages.{at}: {_NOT_THERE}; {_DIRECTIVES}", f"/messages/{at}")
            elif after and isinstance(after[1], UserMessage):
                yield Broken(f"messages.{at}: {_NOT_BEFORE}; {_DIRECTIVES}", f"/messages/{at}")
        before = message


def _placed(asked: Asked) -> Iterator[tuple[int, MessageParam]]:
    """The messages that have a place, each with its index: all but those that only direct the answers."""
    for at, message in enumerate(asked.body.messages):
        is_directive = isinstance(message, SystemMessage) and message.output_config and not message.content
        if not is_directive:
            yield at, message


def _ends_in_result(message: AssistantMessage) -> bool:
    """Whether the last that is in a turn is what a tool gave that the API ran itself."""
    blocks = [] if isinstance(message.content, str) else message.content
    return bool(blocks) and isinstance(blocks[-1], ServerToolResultBlock | McpToolResultBlock)


def _messages_have_content(asked: Asked) -> Iterator[Broken]:
    last = len(asked.body.messages) - 1
    for at, message in enumerate(asked.body.messages):
        is_last = at == last and isinstance(message, AssistantMessage)
        if message.content or is_last or isinstance(message, SystemMessage):
            continue
        if isinstance(message, UserMessage):
            sentence = "user messages must have non-empty content"
        else:
            sentence = (
                "all messages must have non-empty content except for the optional final assistant message"
            )
        yield Broken(f"messages.{at}: {sentence}", f"/messages/{at}/content")


def _texts_say_something(asked: Asked) -> Iterator[Broken]:
    contents = [
        ("messages", f"/messages/{at}/content", message.content)
        for at, message in enumerate(asked.body.messages)
    ]
    for place, pointer, content in [*contents, ("system", "/system", asked.body.system)]:
        for step, text in _texts(content):
            if not text:
                yield Broken(f"{place}: text content blocks must be non-empty", pointer + step)
            elif text.isspace():
                sentence = "text content blocks must contain non-whitespace text"
                yield Broken(f"{place}: {sentence}", pointer + step)


def _texts(content: str | Sequence[object]) -> Iterator[tuple[str, str]]:
    """The texts of content, each with the step to it; an empty string is no content at all."""
    if not isinstance(content, str):
        for index, block in enumerate(content):
            if isinstance(block, TextBlock):
                yield f"/{index}", block.text
    elif content:
        yield "", content


def _ends_without_white_space(asked: Asked) -> Iterator[Broken]:
    last = asked.body.messages[-1] if asked.body.messages else None
    if not isinstance(last, AssistantMessage):
        return
    texts = list(_texts(last.content[-1:] if isinstance(last.content, list) else last.content))
    if texts and texts[-1][1] != texts[-1][1].rstrip():
        sentence = "messages: final assistant content cannot end with trailing whitespace"
        yield Broken(sentence, f"/messages/{len(asked.body.messages) - 1}/content")


def _calls_are_answered(asked: Asked) -> Iterator[Broken]:
    return unpaired(asked)


def _thinking_is_signed(asked: Asked) -> Iterator[Broken]:
    """Signatures are proofs that only the API can check; here every one counts that says anything."""
    for at, message in enumerate(asked.body.messages):
        if isinstance(message, AssistantMessage):
            for index, block in enumerate(message.content):
                if isinstance(block, ThinkingBlock) and not block.signature:
                    sentence = "Invalid `signature` in `thinking` block"
                    yield Broken(
                        f"messages.{at}.content.{index}: {sentence}",
                        f"/messages/{at}/content/{index}/signature",
                    )


def _thinking_is_handed_back(asked: Asked) -> Iterator[Broken]:
    """With a budget for thinking, a turn that is not over yet must still begin with it."""
    body = asked.body
    if isinstance(body, MessageBody) and isinstance(body.thinking, ThinkingEnabled) and not asked.continues:
        yield from unthought(asked)


_MOST_BREAKPOINTS = 4


def _breakpoints_are_few(asked: Asked) -> Iterator[Broken]:
    marked = sum(getattr(block, "cache_control", None) is not None for block in _cacheable(asked))
    if marked > _MOST_BREAKPOINTS:
        sentence = f"A maximum of {_MOST_BREAKPOINTS} blocks with cache_control may be provided."
        yield Broken(f"{sentence} Found {marked}.")


def _cacheable(asked: Asked) -> Iterator[object]:
    """Whatever may be marked as the end of a cached prompt: the body itself, its tools and its blocks."""
    body = asked.body
    yield body
    yield from body.tools
    for content in (body.system, *(message.content for message in body.messages)):
        if isinstance(content, str):
            continue
        yield from content
        for block in content:
            if isinstance(block, ToolResultBlock | SearchResultBlock):
                yield from block.content if isinstance(block.content, list) else ()


RULES: tuple[Rule, ...] = (
    _at_least_one_message,
    _user_opens,
    _system_messages_have_their_place,
    _messages_have_content,
    _texts_say_something,
    _calls_are_answered,
    _thinking_is_signed,
    _thinking_is_handed_back,
    _ends_without_white_space,
    _breakpoints_are_few,
)
