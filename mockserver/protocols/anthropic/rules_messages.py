"""Rules between messages: who speaks first and last, what is empty, what is answered, what is marked.

Mirrors "Create a Message: messages" and the sentences of its errors (2026-11). Consecutive messages of one
role are one turn for the API, and are no fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from mockserver.conversation import JsonObject
from mockserver.protocols.anthropic.asked import Asked, Broken, Rule, Rules
from mockserver.protocols.anthropic.contract_content import SERVER_RESULTS
from mockserver.protocols.anthropic.pairing import PAIRED, unpaired, unthought
from mockserver.protocols.anthropic.spoken import as_blocks
from mockserver.protocols.long_bodies import each


def _user_opens(asked: Asked) -> Iterator[Broken]:
    """With at least one message."""
    if not asked.messages and not asked.continues:
        yield Broken("messages: at least one message is required", "/messages")
    at, first = next(_placed(asked), (0, None))
    if first is None or first["role"] != "assistant" or asked.continues:
        return
    opening = as_blocks(first["content"])
    if not opening or opening[0]["type"] != "compaction":  # it stands for what was before
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
    before: JsonObject | None = None
    placed = list(_placed(asked))
    for (at, message), after in zip(placed, [*placed[1:], None], strict=False):
        if message["role"] == "system":
            if before is None and not asked.continues:
                yield Broken(f"messages.{at}: {_NOT_FIRST}; {_DIRECTIVES}", f"/messages/{at}")
            elif before and before["role"] == "assistant" and not _ends_in_result(before):
                yield Broken(f"messages.{at}: {_NOT_THERE}; {_DIRECTIVES}", f"/messages/{at}")
            elif after and after[1]["role"] == "user":
                yield Broken(f"messages.{at}: {_NOT_BEFORE}; {_DIRECTIVES}", f"/messages/{at}")
        before = message


def _placed(asked: Asked) -> Iterator[tuple[int, JsonObject]]:
    """The messages that have a place, each with its index: all but those that only direct the answers."""
    for at, message in enumerate(asked.messages):
        is_directive = message["role"] == "system" and not message.get("content")
        if not is_directive or message.get("output_config") is None:
            yield at, message


def _ends_in_result(message: JsonObject) -> bool:
    """Whether the last that is in a turn is what a tool gave that the API ran itself."""
    blocks = as_blocks(message["content"])
    return bool(blocks) and (blocks[-1]["type"] in SERVER_RESULTS or blocks[-1]["type"] == "mcp_tool_result")


def _messages_have_content(asked: Asked) -> Iterator[Broken]:
    last = len(asked.messages) - 1
    for at, message in enumerate(asked.messages):
        if message.get("content") or message["role"] == "system":
            continue
        if message["role"] == "user":
            sentence = "user messages must have non-empty content"
        elif at != last:
            sentence = (
                "all messages must have non-empty content except for the optional final assistant message"
            )
        else:
            continue
        yield Broken(f"messages.{at}: {sentence}", f"/messages/{at}/content")


def _texts_say_something(asked: Asked) -> Iterator[Broken]:
    for at, index, block in asked.spoken.blocks["text"]:
        if not block["text"] or block["text"].isspace():
            content = asked.messages[at]["content"]
            if content:  # an empty string is no content at all
                step = "" if isinstance(content, str) else f"/{index}"
                yield _says_nothing("messages", f"/messages/{at}/content{step}", block["text"])


def _the_system_says_something(asked: Asked) -> Iterator[Broken]:
    system = asked.body["system"]
    for index, block in enumerate(as_blocks(system) if system else ()):
        if not block["text"] or block["text"].isspace():
            step = "" if isinstance(system, str) else f"/{index}"
            yield _says_nothing("system", f"/system{step}", block["text"])


def _says_nothing(place: str, pointer: str, text: str) -> Broken:
    if text:
        return Broken(f"{place}: text content blocks must contain non-whitespace text", pointer)
    return Broken(f"{place}: text content blocks must be non-empty", pointer)


def _ends_without_white_space(asked: Asked) -> Iterator[Broken]:
    blocks = as_blocks(asked.messages[-1]["content"])
    text = blocks[-1]["text"] if blocks and blocks[-1]["type"] == "text" else ""
    if text != text.rstrip():
        sentence = "messages: final assistant content cannot end with trailing whitespace"
        yield Broken(sentence, f"/messages/{len(asked.messages) - 1}/content")


def _thinking_is_signed(asked: Asked) -> Iterator[Broken]:
    """Signatures are proofs that only the API can check; here every one counts that says anything."""
    for at, index, block in asked.spoken.blocks["thinking"]:
        if not block["signature"] and asked.messages[at]["role"] == "assistant":
            yield Broken(
                f"messages.{at}.content.{index}: Invalid `signature` in `thinking` block",
                f"/messages/{at}/content/{index}/signature",
            )


def _thinking_is_handed_back(asked: Asked) -> Iterable[Broken]:
    """With a budget for thinking, a turn that is not over yet must still begin with it."""
    if asked.is_to_be_answered and asked.has_budget and not asked.continues:
        return unthought(asked)
    return ()


_MOST_BREAKPOINTS = 4
_WITH_BLOCKS = frozenset({"tool_result", "search_result"})


def _breakpoints_are_few(asked: Asked) -> Iterator[Broken]:
    """Whatever may end a cached prompt is counted: the body itself, its tools and its blocks."""
    marked = sum(each(asked.messages, _marked_in)) + _marked((asked.body,))
    if asked.tools:
        marked += _marked(asked.tools)
    if isinstance(system := asked.body.get("system"), list):
        marked += _marked(system)
    if marked > _MOST_BREAKPOINTS:
        sentence = f"A maximum of {_MOST_BREAKPOINTS} blocks with cache_control may be provided."
        yield Broken(f"{sentence} Found {marked}.")


def _marked_in(message: JsonObject, _: int) -> int:
    """How many blocks of a message are marked, with those inside of results."""
    blocks = as_blocks(message.get("content"))
    marked = _marked(blocks)
    for block in blocks:
        if block["type"] in _WITH_BLOCKS and isinstance(content := block.get("content"), list):
            marked += _marked(content)
    return marked


def _marked(values: Iterable[JsonObject]) -> int:
    return sum([value.get("cache_control") is not None for value in values])


RULES: Rules = (
    ({"messages"}, _user_opens),
    ({"<system>"}, _system_messages_have_their_place),
    ({"messages"}, _messages_have_content),
    ({"<text>"}, _texts_say_something),
    ({"system"}, _the_system_says_something),
    ({"thread", *map("<{}>".format, PAIRED)}, unpaired),
    ({"<thinking>"}, _thinking_is_signed),
    ({"thinking"}, _thinking_is_handed_back),
    ({"<prefill>"}, _ends_without_white_space),
    ({"messages"}, _breakpoints_are_few),
)

HOLD_WHERE_PLAIN: AbstractSet[Rule] = frozenset(
    {_user_opens, _messages_have_content, _texts_say_something, unpaired, _thinking_is_signed}
)
"""Rules that no plain conversation breaks, if it goes on from none that is stored."""
