"""What the client's own limits do to a reply (stop sequences, the token limit), and counting tokens.

The limits work on the neutral `Reply`, so JSON answers and streams are cut alike. One measure serves both:
a reply that was cut to a limit never counts more output tokens than that limit. No vendor's tokenizer and no
vendor's rules stand here; what is counted how is said at `count_output` and `count_input`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mockserver.conversation import (
    Attachment,
    Image,
    Message,
    MessagePart,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
    json_text,
)
from mockserver.history.histories import beside, each
from mockserver.text.tokens import count_tokens, split_tokens

PER_MESSAGE = 4
"""Input tokens for a message's role and borders."""

PER_TOOL = 8
"""Input tokens for the frame round a tool's declaration."""

PER_ATTACHMENT = 85
"""Input tokens of an image or file, whatever its size."""

_LETTERS_PER_TOKEN = 4

# ---------------------------------------------------------------------------------------------- limits


def limit(reply: Reply, request: Request) -> Reply:
    """`reply` as `request.stop` and `request.max_tokens` cut it; the same object where they do not."""
    return _limit_tokens(_stop(reply, request.stop), request.max_tokens)


def _stop(reply: Reply, sequences: tuple[str, ...]) -> Reply:
    """Cut before the first stop sequence in the text; of two at one place, the longer one is meant."""
    if not sequences:
        return reply
    text = reply.text
    found = [(text.find(stop), -len(stop), stop) for stop in sequences if stop and stop in text]
    if not found:
        return reply
    position, _, stop = min(found)
    return replace(
        reply,
        parts=tuple(_parts_before(reply.parts, position)),
        finish="stop_sequence",
        stop_sequence=stop,
    )


def _parts_before(parts: Iterable[ReplyPart], position: int) -> Iterable[ReplyPart]:
    """The parts up to `position` in the joined text."""
    left = position
    for part in parts:
        if not isinstance(part, Text):
            yield part
        elif len(part.text) <= left:
            left -= len(part.text)
            yield part
        else:
            if left:
                yield Text(part.text[:left])
            return


def _limit_tokens(reply: Reply, most: int | None) -> Reply:
    # A token is at least one letter, so most replies need no counting.
    if most is None or sum(len(_counted_text(part)) for part in reply.parts) <= most:
        return reply
    kept: list[ReplyPart] = []
    left = most
    for part in reply.parts:
        pieces = split_tokens(_counted_text(part))
        if len(pieces) > left:
            kept.extend(_cut_to(part, "".join(pieces[: max(0, left)])))
            return replace(reply, parts=tuple(kept), finish="length", stop_sequence=None)
        left -= len(pieces)
        kept.append(part)
    return reply


def _cut_to(part: ReplyPart, text: str) -> tuple[ReplyPart, ...]:
    """The part with only `text` left of it; nothing where nothing is left or half of it means nothing."""
    if not text:
        return ()
    match part:
        case Thinking(redacted=True) | Image() | Native():
            return ()
        case Text() | Thinking() | Refusal():
            return (replace(part, text=text),)
        case ToolCall():
            return (replace(part, arguments=text),)


# -------------------------------------------------------------------------------------------- counting


def count_output(reply: Reply) -> tuple[int, int]:
    """Output tokens, thinking included, and the thinking alone.

    Text, thinking, refusals and the arguments of tool calls count; images and native parts do not.
    """
    total = thinking = 0
    for part in reply.parts:
        tokens = count_tokens(_counted_text(part))
        total += tokens
        if isinstance(part, Thinking):
            thinking += tokens
    return total, thinking


def _counted_text(part: ReplyPart) -> str:
    match part:
        case Text(text=text) | Thinking(text=text) | Refusal(text=text):
            return text
        case ToolCall():
            return part.arguments_text
        case Image() | Native():
            return ""


def count_input(request: Request) -> int:
    """Input tokens, estimated from lengths: cheap, grows with the input, at least 1."""
    messages = request.messages
    total = estimate(request.system) + beside(messages, request.tools, _tools_tokens)
    return max(1, total + count_messages(messages))


def count_messages(messages: Sequence[Message]) -> int:
    """Those of the messages: all else in a request takes as many, whatever is said."""
    return sum(each(messages, _message_tokens))


def estimate(text: str) -> int:
    """Input tokens of a text: one for each four letters or part of them."""
    return -(-len(text) // _LETTERS_PER_TOKEN)


def _message_tokens(message: Message) -> int:
    return PER_MESSAGE + sum([_part_tokens(part) for part in message.parts])


def _tools_tokens(tools: Sequence[Tool]) -> int:
    return sum(map(_tool_tokens, tools))


def _tool_tokens(tool: Tool) -> int:
    schema = "" if tool.schema is None else json_text(tool.schema)
    return PER_TOOL + estimate(tool.name) + estimate(tool.description) + estimate(schema)


def _part_tokens(part: MessagePart) -> int:
    match part:
        case Text() | ToolResult() | Thinking() | Refusal():
            return estimate(part.text)
        case ToolCall():
            return estimate(part.name) + estimate(part.arguments_text)
        case Attachment() | Image():
            return PER_ATTACHMENT
        case Native():
            return 0
