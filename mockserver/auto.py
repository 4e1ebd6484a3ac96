"""`reply: auto`: an answer without a script, always the same for the same request.

Which answer is chosen here, from the request alone; how arguments come from a schema is
`mockserver.schema_values`' matter. No vendor, no state; token counts are left to the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from mockserver.conversation import (
    Format,
    Json,
    JsonObject,
    Message,
    Reply,
    Request,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    json_text,
)
from mockserver.history.histories import each
from mockserver.history.turns import latest_results
from mockserver.images import image_part
from mockserver.text.names import singular, words

_LONGEST_QUOTE = 120
_LONGEST_SEARCHED = 4000
"""Tool names are looked for at the start of a very long message only: work must not grow with a paste."""

_STOP_WORDS = frozenset(
    words(
        "a about all an and any api are as at be by call can could current data do does execute fetch "
        "for from function get give has have i in info information into is it its list make me my new "
        "of on or our please run s set should show some t tell that the their them then there this to "
        "tool up us use v was we what when where which who why will with would you your",
    ),
)


def reply(request: Request) -> Reply:
    """The answer: an image where one is asked for, else tool calls, else text or JSON."""
    if request.image is not None:
        return Reply((image_part(request.image),))
    calls = tuple(_call(tool, request.user) for tool in _called(request))
    if calls:
        return Reply(calls, "tool_calls")
    return Reply((Text(_text(request)),))


# ------------------------------------------------------------------------------------------- which tools


def _called(request: Request) -> list[Tool]:
    """The tools to call, at most one where calls may not be parallel."""
    choice = request.tool_choice
    if choice.mode == "none" or not request.tools:
        return []
    offered = [tool for tool in request.tools if not choice.names or tool.name in choice.names]
    if _fresh_results(request.messages):
        # Once a result is there, only a demand for calls asks for more, and not for the same call for ever.
        if choice.mode != "required":
            return []
        answered = _answered(request.messages)
        offered = [tool for tool in offered if tool.name not in answered]
    if not offered:
        return []
    called = _by_relevance(offered, request.user, keep_all=choice.parallel)
    return called or (offered[:1] if choice.mode == "required" else [])


def _answered(messages: tuple[Message, ...]) -> set[str]:
    """The names of the tools called since the user last spoke."""
    names: set[str] = set()
    for message, named in zip(reversed(messages), reversed(each(messages, _named)), strict=True):
        if message.role == "user" and names:
            break
        names.update(named)
    return names


def _named(message: Message) -> list[str]:
    """The names of the tools that are called in a message, or answered."""
    return [part.name for part in message.parts if isinstance(part, ToolCall | ToolResult)]


def _fresh_results(messages: tuple[Message, ...]) -> list[ToolResult]:
    """The tool results the client sent since the model last spoke. A text sent with them changes nothing."""
    fresh: list[ToolResult] = []
    for message in reversed(messages):
        if message.role == "assistant":
            break
        fresh[:0] = [part for part in message.parts if isinstance(part, ToolResult)]
    return fresh


def _by_relevance(tools: Iterable[Tool], text: str, *, keep_all: bool) -> list[Tool]:
    """The tools whose names share a word with the text, as offered; without `keep_all` only the closest."""
    said = _all_words(text[:_LONGEST_SEARCHED])
    shared = {tool.name: len(_telling_words(tool.name) & said) for tool in tools}
    close = list({tool.name: tool for tool in tools if shared[tool.name]}.values())
    return close if keep_all else sorted(close, key=lambda tool: -shared[tool.name])[:1]


@lru_cache(maxsize=4096)  # a client offers the same tools in every request
def _telling_words(name: str) -> frozenset[str]:
    """The words of a tool's name that say what it is about; all of them where none does."""
    known = frozenset(_all_words(name))
    return known - _STOP_WORDS or known


def _all_words(text: str) -> set[str]:
    """Singular words, both as written and parted at capitals: `GitHub` is `github`, `git` and `hub`."""
    return {singular(word) for word in (*words(text), *words(text.lower())) if not word.isdecimal()}


# ------------------------------------------------------------------------------------------------- calls


def _call(tool: Tool, text: str) -> ToolCall:
    return ToolCall(tool.name, _free_text(tool, text) if tool.custom else _arguments(tool, text))


def _arguments(tool: Tool, text: str) -> JsonObject:
    value = _example(tool.schema, text) if tool.schema else {}
    return value if isinstance(value, dict) else {}


_FREE_TEXTS = {
    "bash": "echo hello",
    "code": "print('hello')",
    "patch": "*** Begin Patch\n*** Add File: hello.txt\n+Hello!\n*** End Patch",
    "python": "print('hello')",
    "shell": "echo hello",
    "sql": "SELECT 1;",
}


def _free_text(tool: Tool, text: str) -> str:
    """What a tool for free text is given: something in its language, else what the user said."""
    known = _all_words(tool.name)
    return next(
        (sample for word, sample in _FREE_TEXTS.items() if word in known), _shortened(text) or "hello"
    )


# -------------------------------------------------------------------------------------------------- text


def _text(request: Request) -> str:
    match request.format:
        case Format(kind="json_schema", schema=dict(schema)):
            return json_text(_example(schema, request.user))
        case Format(kind="text", schema=dict(schema)):
            return _bare(_example(schema, request.user))
        case Format(kind="text"):
            return _sentence(request)
        case _:
            return json_text({"answer": _sentence(request)})


def _example(schema: JsonObject, text: str) -> Json:
    """A value of a schema. What makes it is loaded once somebody wants one."""
    from mockserver.schema_values import example

    return example(schema, text)


def _bare(value: Json) -> str:
    """A value as text: strings without the quotes of JSON."""
    return value if isinstance(value, str) else json_text(value)


def _sentence(request: Request) -> str:
    results = _fresh_results(request.messages)
    if results:
        return " ".join(_told(results, latest_results(request.messages)))
    said = _shortened(request.user)
    return f'You said: "{said}" This is an automatic answer.' if said else "This is an automatic answer."


def _told(results: list[ToolResult], named: dict[str, ToolResult]) -> Iterator[str]:
    names = {id(result): name for name, result in named.items()}
    for result in results:
        name = result.name or names.get(id(result), "The tool")
        verb = "failed with" if result.is_error else "says"
        yield f"{name} {verb}: {_shortened(result.text) or 'nothing'}."


def _shortened(text: str) -> str:
    """The text on one line; where it is long, its start, up to the end of a word where words have spaces."""
    line = " ".join(text[: _LONGEST_QUOTE * 4].split())
    if len(line) <= _LONGEST_QUOTE:
        return line
    border = line.rfind(" ", _LONGEST_QUOTE // 2, _LONGEST_QUOTE)
    return line[: border if border > 0 else _LONGEST_QUOTE] + "…"
