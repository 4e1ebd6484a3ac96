"""A turn played without a client: for an author who wants to see the wire, and for checking what is scripted.

What only a conversation has is stood in for by placeholders, `<city>`. No I/O, no clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from mockserver.claiming.matching import captured
from mockserver.conversation import Http, Json, JsonObject, Message, Request, Text, json_text
from mockserver.planning import Plan, Stage, plan
from mockserver.protocols.base import Context, Dialect
from mockserver.scenario.matchers import AnyOf, Contains, Equals, Glob, Matcher, Not, Regex
from mockserver.scenario.model import Attempt, Scenario, templates
from mockserver.scenario.templates import variables_of
from mockserver.settings import FIXED_NOW
from mockserver.values import dataclass

_GREETING = "Hello!"


@dataclass(frozen=True, slots=True)
class Scene:
    """What is played: an attempt, as a stream or whole. It and its turn are numbered from 1. `user` is what
    the user says, if it is given; `asks` and `headers` are what else is in the request.
    """

    scenario: Scenario
    turn: int
    number: int
    attempt: Attempt
    stream: bool = False
    user: str | None = None
    asks: JsonObject = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Placeholder(str):
    """Stands for a value that only a conversation has, and is shown as `<name>`; its members likewise."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        # A field may be named like a method of text: `count`, `title`. Python's and Jinja2's own stay theirs.
        if name.startswith("_") or name in {"unsafe_callable", "alters_data"}:
            return super().__getattribute__(name)
        return Placeholder(f"{str.__getitem__(self, slice(-1))}.{name}>")

    def __call__(self, *_: object, **__: object) -> Placeholder:
        """What a filter makes of it is shown by its name."""
        return self

    def __getitem__(self, key: object) -> str:
        if isinstance(key, str):
            return Placeholder(f"{str(self)[:-1]}.{key}>")
        return super().__getitem__(key)  # type: ignore[index]  # what is no index raises as a string does


def rehearse(dialect: Dialect, scene: Scene) -> Plan:
    """The answer that a client would get. ScriptError if it cannot be played."""
    user = scene.user or _sample(scene.scenario.match.user) or _GREETING
    request = Request(
        protocol=dialect.name,
        model=f"mock-{scene.scenario.name}",
        messages=(Message("user", (Text(user),)),),
        http=Http("POST", "/", headers=scene.headers),
        body=scene.asks,
        stream=scene.stream,
    )
    stage = Stage(dialect, request, Context(identity=b"show", now=FIXED_NOW), speed=1.0)
    return plan(stage, scene.attempt, _variables(scene, request))


def holds_placeholder(value: Json, scene: Scene) -> bool:
    """Whether a value of the answer is made of what only a conversation has."""
    names = "|".join(map(re.escape, _used(scene.attempt)))
    return bool(names) and bool(re.search(rf"<(?:{names})[.>]", json_text(value)))


def _used(attempt: Attempt) -> Iterable[str]:
    """The names that the templates of an attempt use."""
    return sorted({name for template in templates(attempt) for name in variables_of(template.source)})


def _variables(scene: Scene, request: Request) -> Mapping[str, Json]:
    """What is known, and placeholders for all else that the templates use."""
    known = {
        "user": request.user,
        "model": request.model,
        "tools": [],
        "turn": scene.turn,
        "attempt": scene.number,
    }
    placeholders = {name: Placeholder(f"<{name}>") for name in _used(scene.attempt)}
    return placeholders | known | captured(scene.scenario.match, request, request.user)


def _sample(matcher: Matcher | None) -> str:
    """A text that plain matchers accept; "" where only a person could make one up."""
    match matcher:
        case Contains(text=text):
            return text
        case Equals(value=value):
            return str(value)
        case AnyOf(matchers=options):
            return _sample(options[0])
        case Regex() | Glob() | Not() | None:
            return ""
