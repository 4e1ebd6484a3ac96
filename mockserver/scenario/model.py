"""What a scenario is, once loaded: frozen values, each with its place in the file. Two that say the same are
equal, wherever they stand.

Declarations only; counters live in `mockserver.engine`. Whatever may hold a template is a `Template` or a
plain value, compiled at load. The language is described in README.md and by `mockserver schema`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Protocol, TypeAlias

from mockserver.conversation import ErrorKind, Finish, Json, JsonObject, NativeFinish
from mockserver.quotas import Limit
from mockserver.scenario.delivery import Fault, NamedFault, Pace, Wire
from mockserver.scenario.matchers import Matcher, group_names
from mockserver.scenario.place import Place
from mockserver.values import dataclass

PlaceOf: TypeAlias = Callable[[Sequence[str]], Place]
"""The place of what stands in a JSON value of the file, by the steps that lead there; where they lead no
further, of what they have led to.
"""


class Rendering(Protocol):
    """What writes the text of a template."""

    def render(self, variables: Mapping[str, Json]) -> str: ...


@dataclass(frozen=True, slots=True)
class Template:
    """A text with `{{ }}` or `{% %}` in it, sure to compile; `source` is the text as written."""

    source: str
    compiled: Rendering = field(compare=False)
    place: Place = field(compare=False)


TextValue: TypeAlias = str | Template


@dataclass(frozen=True, slots=True)
class TemplateValue:
    """A JSON value in which some strings are templates (`Template` instances stand in it)."""

    value: Json


JsonTemplate: TypeAlias = TemplateValue | JsonObject | list[Json] | str | int | float | bool | None
"""A JSON value; a `TemplateValue` where there is anything to render in it."""

# ------------------------------------------------------------------------------------- parts of a reply


@dataclass(frozen=True, slots=True)
class TextPart:
    text: TextValue


@dataclass(frozen=True, slots=True)
class ThinkingPart:
    text: TextValue
    signature: str | None = None
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """`arguments`: an object (may hold templates), or a string that is sent as it is."""

    name: TextValue
    arguments: JsonTemplate
    id: TextValue | None = None


@dataclass(frozen=True, slots=True)
class RefusalPart:
    text: TextValue


@dataclass(frozen=True, slots=True)
class JsonPart:
    """Any value, sent as compact JSON text."""

    value: JsonTemplate


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An image file's content (base64, read at load), or, when `data` is empty, one to draw."""

    media_type: str = "image/png"
    data: str = ""
    width: int = 256
    height: int = 256


@dataclass(frozen=True, slots=True)
class NativePart:
    """`places` tell where in the file the value of each protocol stands."""

    values: Mapping[str, JsonTemplate]
    places: Mapping[str, PlaceOf] = field(default_factory=dict, compare=False, repr=False)


Part: TypeAlias = TextPart | ThinkingPart | ToolCallPart | RefusalPart | JsonPart | ImagePart | NativePart

# ------------------------------------------------------------------------------------------- outcomes


@dataclass(frozen=True, slots=True)
class ReplyOutcome:
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class AutoOutcome:
    """Answer without a script."""


@dataclass(frozen=True, slots=True)
class ErrorOutcome:
    """`retry_after` in seconds."""

    kind: ErrorKind
    message: TextValue | None = None
    retry_after: float | None = None
    status: int | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """A verbatim answer. Exactly one of `body` (JSON value or text), `events` (JSON values or verbatim
    frames' data) and `content` (bytes) is set. `place_of` tells where in the file it stands.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: Json = None
    events: tuple[Json, ...] | None = None
    content: bytes | None = None
    place_of: PlaceOf | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RawOutcome:
    """Verbatim answers by protocol or family; a wire without one cannot be answered by this outcome."""

    answers: Mapping[str, RawAnswer]

    def on(self, protocol: str) -> RawAnswer | None:
        return self.answers.get(protocol, self.answers.get(protocol.partition(".")[0]))


Outcome: TypeAlias = ReplyOutcome | AutoOutcome | ErrorOutcome | RawOutcome

# ---------------------------------------------------------------------------------------------- manner


@dataclass(frozen=True, slots=True)
class UsageScript:
    """Token counts the script fixes; None = counted. A whole that is counted holds its fixed parts: a
    client that subtracts one from the other gets no less than nothing.
    """

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    cache_write: int | None = None
    thinking: int | None = None

    def input_of(self, counted: int) -> int:
        """The tokens of input, of which so many were counted."""
        cached = (self.cached or 0) + (self.cache_write or 0)
        return max(counted, cached) if self.input is None else self.input

    def output_of(self, counted: int, thinking: int) -> tuple[int, int]:
        """The tokens of output, thinking included, and those of thinking, of which so many were counted."""
        if self.thinking is not None:
            output = counted - thinking + self.thinking
            return output if self.output is None else self.output, self.thinking
        return (counted, thinking) if self.output is None else (self.output, min(thinking, self.output))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One outcome and the manner in which it is given."""

    place: Place = field(compare=False)
    outcome: Outcome
    finish: Finish | NativeFinish | None = None
    usage: UsageScript = UsageScript()
    headers: tuple[tuple[str, TextValue], ...] = ()
    pace: Pace = field(default_factory=Pace)
    faults: tuple[Fault | NamedFault, ...] = ()
    wire: Wire = field(default_factory=Wire)


# ----------------------------------------------------------------------------------- turns and scenarios


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold. None or empty = no condition. `places` tells where each key stands in the file. It
    `captures` if a matcher has named groups.
    """

    place: Place = field(compare=False)
    protocol: tuple[str, ...] = ()
    model: Matcher | None = None
    user: Matcher | None = None
    system: Matcher | None = None
    tools: tuple[str, ...] = ()
    tool_choice: tuple[Literal["auto", "none", "required"], ...] = ()
    stream: bool | None = None
    format: tuple[Literal["text", "json", "json_schema"], ...] = ()
    headers: tuple[tuple[str, Matcher], ...] = ()
    key: Matcher | None = None
    body: tuple[tuple[str, Matcher], ...] = ()
    tool_results: tuple[tuple[str, Matcher | None], ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)
    captures: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "captures", any(map(group_names, self.matchers)))

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """The matchers whose named groups become template variables."""
        single = (self.user, self.system)
        listed = (*self.headers, *self.body, *self.tool_results)
        return tuple(matcher for matcher in (*single, *(matcher for _, matcher in listed)) if matcher)


@dataclass(frozen=True, slots=True)
class Turn:
    """`attempts` has one item unless the file lists several; the last one repeats. `overrides` are whole
    turns for single protocols or families, inheritance already resolved. `counted` tells whether the number
    of the attempt makes a difference, `takes_results` whether what tools gave does.
    """

    place: Place = field(compare=False)
    attempts: tuple[Attempt, ...]
    expect: Conditions | None = None
    overrides: Mapping[str, Turn] = field(default_factory=dict)
    counted: bool = field(init=False)
    takes_results: bool = field(init=False)

    def __post_init__(self) -> None:
        sources = [template.source for template in templates(self.attempts)]
        numbered = any("attempt" in source for source in sources)
        object.__setattr__(self, "counted", len(self.attempts) > 1 or numbered)
        object.__setattr__(self, "takes_results", any("results" in source for source in sources))

    def on(self, protocol: str) -> Turn:
        """This turn as `protocol` has it: its own override, else its family's, else the turn itself."""
        if not self.overrides:
            return self
        family = protocol.partition(".")[0]
        return self.overrides.get(protocol) or self.overrides.get(family) or self


@dataclass(frozen=True, slots=True)
class Scenario:
    """`by_name` scenarios are found only by explicit choice (`match: by-name`). `limits` count, for each key,
    what this scenario answers.
    """

    name: str
    place: Place = field(compare=False)
    turns: tuple[Turn, ...]
    match: Conditions
    by_name: bool = False
    repeat: bool = False
    description: str = ""
    limits: tuple[Limit, ...] = ()


def templates(value: Any) -> Iterator[Template]:
    """Every template in a loaded value."""
    rest = [value]
    while rest:
        value = rest.pop()
        match value:
            case str() | None | int():
                pass  # most of what there is
            case Template():
                yield value
            case dict():
                rest += reversed(value.values())
            case list() | tuple():
                rest += reversed(value)
            case _:
                names = _members(type(value))  # type: ignore[arg-type]  # types can be hashed, of whatever
                rest += [getattr(value, name, None) for name in names]


@cache
def _members(kind: type[Any]) -> tuple[str, ...]:
    """The members of a dataclass that may hold a template, the last one first; most of what there is holds
    none.
    """
    if kind in (Place, Pace, Wire, UsageScript, Conditions) or not is_dataclass(kind):
        return ()
    return tuple(member.name for member in reversed(fields(kind)))
