"""Whether a request meets conditions, told as the list of what differs: no difference means it matches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from mockserver.conversation import Json, Request, json_text
from mockserver.history.turns import latest_results
from mockserver.scenario.matchers import Matcher, captures, describe, matches
from mockserver.scenario.model import Conditions
from mockserver.scenario.place import Place
from mockserver.values import dataclass

_SHOWN = 120

_Found: TypeAlias = tuple[str, str, str]
"""The scenario key at fault, what was wanted, what came."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`subject` is the scenario key at fault; `wanted` and `got` are phrases for a person."""

    subject: str
    wanted: str
    got: str
    place: Place

    def __str__(self) -> str:
        return f"{self.subject}: wanted {self.wanted}, got {self.got}"


def differences(conditions: Conditions, request: Request, user: str | None = None) -> Iterator[Difference]:
    """What in `request` does not meet `conditions`. `user` is the message that `user` is about; None leaves
    that condition to the caller.
    """
    for subject, wanted, got in _found(conditions, request, user):
        yield Difference(subject, wanted, got, conditions.places.get(subject, conditions.place))


def _found(conditions: Conditions, request: Request, user: str | None) -> Iterator[_Found]:
    if conditions.protocol and not any(_is_on(request.protocol, name) for name in conditions.protocol):
        yield "protocol", " or ".join(conditions.protocol), request.protocol
    if conditions.model:
        yield from _text("model", conditions.model, request.model)
    if conditions.user and user is not None:
        yield from _text("user", conditions.user, user)
    if conditions.system:
        yield from _text("system", conditions.system, request.system)
    if conditions.key and not matches(conditions.key, request.http.key):
        yield "key", describe(conditions.key), "another key"
    yield from _offer(conditions, request)
    for name, matcher in conditions.headers:
        yield from _header(name, matcher, request)
    for pointer, matcher in conditions.body:
        yield from _field(pointer, matcher, request)
    if conditions.tool_results:
        yield from _results(conditions, request)


def _text(subject: str, matcher: Matcher, value: str) -> Iterator[_Found]:
    if not matches(matcher, value):
        yield subject, describe(matcher), shown(value)


def _offer(conditions: Conditions, request: Request) -> Iterator[_Found]:
    if conditions.tools:
        offered = _callable_tools(request)
        if missing := [name for name in conditions.tools if name not in offered]:
            yield "tools", ", ".join(missing), ", ".join(offered) or "no tools"
    if conditions.tool_choice and request.tool_choice.mode not in conditions.tool_choice:
        yield "tool_choice", " or ".join(conditions.tool_choice), request.tool_choice.mode
    if conditions.stream is not None and conditions.stream != request.stream:
        yield "stream", json_text(conditions.stream), json_text(request.stream)
    # A text that has to fit a schema is not any text.
    kind = "json_schema" if request.format.schema else request.format.kind
    if conditions.format and kind not in conditions.format:
        yield "format", " or ".join(conditions.format), kind


def _callable_tools(request: Request) -> list[str]:
    """The names of the tools that may be called. Once results are there, the choice is about what follows
    and does not take the conversation out of its scenario.
    """
    if not request.tools:
        return []
    choice = request.tool_choice
    names = [tool.name for tool in request.tools]
    if (choice.mode != "none" and not choice.names) or latest_results(request.messages):
        return names
    return [] if choice.mode == "none" else [name for name in names if name in choice.names]


def _header(name: str, matcher: Matcher, request: Request) -> Iterator[_Found]:
    value = request.http.headers.get(name)
    if value is None:
        yield "header", f"{name}: {describe(matcher)}", "no such header"
    elif not matches(matcher, value):
        yield "header", f"{name}: {describe(matcher)}", "another value"


def _field(pointer: str, matcher: Matcher, request: Request) -> Iterator[_Found]:
    value = look_up(request.body, pointer)
    if isinstance(value, Absent):
        yield "body", f"{pointer}: {describe(matcher)}", "no such field"
    elif not matches(matcher, value):
        yield "body", f"{pointer}: {describe(matcher)}", shown(value)


def _results(conditions: Conditions, request: Request) -> Iterator[_Found]:
    latest = latest_results(request.messages)
    for name, matcher in conditions.tool_results:
        if name not in latest:
            got = f"a result of {', '.join(latest)}" if latest else "no tool result"
            yield "tool_result", f"a result of {name}", got
        elif matcher and not matches(matcher, latest[name].text):
            yield "tool_result", f"{name}: {describe(matcher)}", shown(latest[name].text)


def captured(conditions: Conditions, request: Request, user: str | None) -> dict[str, str]:
    """The named groups of the regular expressions among the conditions."""
    found: dict[str, str] = {}
    if not conditions.captures:  # as most do not
        return found
    if conditions.system:
        found |= captures(conditions.system, request.system)
    for name, matcher in conditions.headers:
        found |= captures(matcher, request.http.headers.get(name, ""))
    for pointer, matcher in conditions.body:
        value = look_up(request.body, pointer)
        found |= {} if isinstance(value, Absent) else captures(matcher, value)
    latest = latest_results(request.messages) if conditions.tool_results else {}
    for name, wanted in conditions.tool_results:
        found |= captures(wanted, latest[name].text) if wanted and name in latest else {}
    if conditions.user and user is not None:
        found |= captures(conditions.user, user)
    return found


def shown(value: Json) -> str:
    """A value for a person: JSON text, shortened."""
    text = json_text(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"


@dataclass(frozen=True, slots=True)
class Absent:
    """No such place in the document; null is a value."""


def look_up(document: Json, pointer: str) -> Json | Absent:
    """What stands at a JSON pointer (RFC 6901)."""
    value = document
    for raw in pointer.split("/")[1:]:
        step = raw.replace("~1", "/").replace("~0", "~")
        match value:
            case Mapping() if step in value:
                value = value[step]
            case list() if step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            case _:
                return Absent()
    return value


def _is_on(protocol: str, wanted: str) -> bool:
    return protocol == wanted or protocol.startswith(f"{wanted}.")
