"""`match` and `expect`: what a request must be like, as matchers over its texts and values.

A text matcher is a text (contained, case ignored), `/…/flags` (a regular expression that is searched for;
flags a, i, m, s, u, x), `{equals: text}`, `{not: matcher}`, or a list (any of them). A value matcher, in
`body`, is the same, but numbers, booleans and null must be equal and `equals` takes any JSON value. Names of
models and keys are shell patterns.
"""

from __future__ import annotations

import re
import warnings
from typing import Any, Literal

from mockserver.conversation import JsonObject
from mockserver.scenario.matchers import FLAGS, AnyOf, Contains, Equals, Glob, Matcher, Not, Regex
from mockserver.scenario.model import Conditions
from mockserver.scenario.problems import ProblemError, did_you_mean, listed, quoted
from mockserver.scenario.read_value import JSON, is_null, resolve
from mockserver.scenario.reading import (
    Found,
    Key,
    Kind,
    Reading,
    Shape,
    ToldError,
    as_scalar,
    as_text,
    list_of,
    mapping_of,
    one_or_many,
    read_keys,
    wrong,
)
from mockserver.scenario.scalars import HEADER_KEY, NAME, PROTOCOL, SWITCH, TEXT, choice, reference
from mockserver.scenario.yaml_nodes import ListNode, MappingNode, Node, ScalarNode

TOOL_CHOICES: tuple[Literal["auto", "none", "required"], ...] = ("auto", "none", "required")
FORMATS: tuple[Literal["text", "json", "json_schema"], ...] = ("text", "json", "json_schema")
BY_NAME: Literal["by-name"] = "by-name"

_REGEX = re.compile(r"/(.*)/([A-Za-z]*)", re.DOTALL)
_POINTER = r"^(/([^~]|~[01])*)?$"

# --------------------------------------------------------------------------------------------- matchers


def _text_matcher(text: str, node: Node) -> Matcher:
    regex = _REGEX.fullmatch(text)
    if regex:
        return _regex(regex[1], regex[2], node)
    if not text:
        raise ProblemError(node.place, "every text contains the empty text", 'write {equals: ""}, or drop it')
    return Contains(text)


def _regex(pattern: str, letters: str, node: Node) -> Regex:
    unknown = next((letter for letter in letters if letter not in FLAGS), None)
    if unknown:
        mend = f"flags are {listed(FLAGS)}; for a text between slashes write the first one as `\\/`"
        raise ProblemError(node.place, f"`{unknown}` is no flag of a regular expression", mend)
    if not pattern:
        raise ProblemError(node.place, "the regular expression is empty", "write an expression, or drop it")
    flags = re.NOFLAG
    for letter in letters:
        flags |= FLAGS[letter]
    try:
        with warnings.catch_warnings(action="ignore"):
            return Regex(re.compile(pattern, flags))
    except (re.error, RecursionError, OverflowError, ValueError) as error:
        raise ProblemError(
            node.place, f"bad regular expression: {error}", "write it as Python's `re` takes it"
        ) from None


def _read_text_matcher(node: Node, reading: Reading) -> Matcher:
    if isinstance(node, ScalarNode):
        return _text_matcher(as_scalar(node, "a matcher", "write a text, or drop the key").text, node)
    return _read_compound(node, reading, TEXT, TEXT_MATCHER)


def _read_value_matcher(node: Node, reading: Reading) -> Matcher:
    if isinstance(node, ScalarNode):
        value = resolve(node)
        return _text_matcher(value, node) if isinstance(value, str) else Equals(value)
    return _read_compound(node, reading, JSON, VALUE_MATCHER)


def _read_compound(node: Node, reading: Reading, value: Kind[Any], inner: Kind[Matcher]) -> Matcher:
    if isinstance(node, ListNode):
        return AnyOf(list_of(inner, "matchers").read(node, reading))
    if not isinstance(node, MappingNode):
        raise wrong(node, "a matcher")
    names = [entry.key.text for entry in node.entries]
    if names == ["equals"]:
        return Equals(_only(node, value, reading))
    if names == ["not"]:
        return Not(_only(node, inner, reading))
    mend = "to compare with a whole mapping, write it under `equals`" if value is JSON else ""
    what = f"a matcher has one key, `equals` or `not`, not {listed(names) or 'none'}"
    raise ProblemError(node.place, what, mend or "write a text, or one of the two keys")


def _only(node: MappingNode, kind: Kind[Any], reading: Reading) -> Any:
    entry = node.entries[0]
    for value in reading.tried(kind, entry.value, entry.key.text):
        return value
    raise ToldError


TEXT_MATCHER: Kind[Matcher] = Kind(_read_text_matcher, reference("text_matcher"))
VALUE_MATCHER: Kind[Matcher] = Kind(_read_value_matcher, reference("value_matcher"))


def _matcher_schema(scalar: JsonObject, equals: JsonObject, inner: JsonObject) -> JsonObject:
    def single(key: str, schema: JsonObject) -> JsonObject:
        return {
            "type": "object",
            "properties": {key: schema},
            "required": [key],
            "additionalProperties": False,
        }

    several = {"type": "array", "items": inner, "minItems": 1}
    return {"anyOf": [scalar, single("equals", equals), single("not", inner), several]}


def _read_glob(node: Node, reading: Reading) -> Matcher:
    patterns = tuple(map(Glob, one_or_many(NAME, "patterns").read(node, reading)))
    return AnyOf(patterns) if isinstance(node, ListNode) else patterns[0]


GLOB: Kind[Matcher] = Kind(_read_glob, one_or_many(NAME, "patterns").schema)

# ------------------------------------------------------------------------------------------- conditions


def _read_pointer(node: Node, _: Reading) -> str:
    pointer = as_text(node)
    if not re.fullmatch(_POINTER, pointer, re.DOTALL):
        mend = "write `/` before each step, such as /messages/0/role; `~` is written ~0 and `/` in a step ~1"
        raise ProblemError(node.place, f"{quoted(pointer)} is no JSON pointer", mend)
    return pointer


_POINTER_KEY = Kind(_read_pointer, {"type": "string", "pattern": _POINTER})


def _pairs(kind: Kind[dict[str, Any]]) -> Kind[tuple[tuple[str, Any], ...]]:
    return Kind(lambda node, reading: tuple(kind.read(node, reading).items()), kind.schema)


def _read_result_matcher(node: Node, reading: Reading) -> Matcher | None:
    if isinstance(node, MappingNode) and node.entries and node.entries[0].key.text.startswith("/"):
        mend = "match the text of the result: a text, /a regular expression/, {equals: …}"
        raise ProblemError(node.place, "JSON pointers do not reach into a tool result", mend)
    return None if is_null(node) else TEXT_MATCHER.read(node, reading)


_NAMES = one_or_many(NAME, "names of tools")
_RESULT_MATCHER = Kind(_read_result_matcher, {"anyOf": [{"type": "null"}, TEXT_MATCHER.schema]})
_RESULT_MATCHERS = mapping_of(NAME, _RESULT_MATCHER, "names of tools")


def _read_tool_results(node: Node, reading: Reading) -> tuple[tuple[str, Matcher | None], ...]:
    if isinstance(node, MappingNode):
        return tuple(_RESULT_MATCHERS.read(node, reading).items())
    return tuple((name, None) for name in _NAMES.read(node, reading))


TOOL_RESULTS = Kind(_read_tool_results, {"anyOf": [*_NAMES.schema["anyOf"], _RESULT_MATCHERS.schema]})

_KEYS = (
    Key("protocol", one_or_many(PROTOCOL, "protocols"), "The wire it came in on, or one of several."),
    Key("model", GLOB, "A shell pattern of the model's name, or several."),
    Key("user", TEXT_MATCHER, "The user message. Named groups become template variables."),
    Key("system", TEXT_MATCHER, "The system and developer texts, joined."),
    Key("tools", _NAMES, "Tools that must be offered, all of them."),
    Key(
        "tool_choice",
        one_or_many(choice(TOOL_CHOICES, "a tool choice"), "tool choices"),
        "Whether tools may be called: `auto`, `none`, or `required` (a named tool is required too).",
    ),
    Key("stream", SWITCH, "Whether the answer is to be streamed."),
    Key(
        "format", one_or_many(choice(FORMATS, "an output format"), "formats"), "The output format asked for."
    ),
    Key(
        "header",
        _pairs(mapping_of(HEADER_KEY, TEXT_MATCHER, "names of headers")),
        "Request headers by name; case does not matter.",
        into="headers",
    ),
    Key("key", GLOB, "A shell pattern of the API key, or several."),
    Key(
        "body",
        _pairs(mapping_of(_POINTER_KEY, VALUE_MATCHER, "JSON pointers")),
        "Values anywhere in the body, by JSON pointer.",
    ),
)
_TOOL_RESULT = Key(
    "tool_result",
    TOOL_RESULTS,
    "Tools whose results must be there: a name, a list of names, or names with matchers on the text.",
    into="tool_results",
)
_ONLY_EXPECTED = {"tool_result": "it can be expected of a turn (`expect`), not matched"}

MATCH = Shape("`match`", _KEYS, hints=_ONLY_EXPECTED)
EXPECT = Shape("`expect`", (*_KEYS, _TOOL_RESULT))


def find_conditions(node: Node, shape: Shape, reading: Reading) -> Found:
    """The conditions of a mapping, with a place for each key and, as `key.name`, for what is inside of it."""
    found = read_keys(node, shape, reading)
    for entry in found.node.entries:
        if isinstance(entry.value, MappingNode):
            found.places |= {f"{entry.key.text}.{e.key.text}": e.value.place for e in entry.value.entries}
    return found


def _read_match(node: Node, reading: Reading) -> Conditions | Literal["by-name"]:
    if isinstance(node, ScalarNode) and node.text:
        if node.text == BY_NAME:
            return BY_NAME
        mend = did_you_mean(node.text, [BY_NAME])
        raise ProblemError(node.place, f"{quoted(node.text)} is no condition", f"{mend} or write a mapping")
    found = find_conditions(node, MATCH, reading)
    return Conditions(found.place, places=found.places, **found.settled())


MATCH_KIND: Kind[Conditions | Literal["by-name"]] = Kind(
    _read_match, {"anyOf": [{"const": BY_NAME}, reference("match")]}
)

DEFINITIONS: JsonObject = {
    "text_matcher": _matcher_schema(TEXT.schema, TEXT.schema, TEXT_MATCHER.schema),
    "value_matcher": _matcher_schema(
        {"type": ["string", "number", "boolean", "null"]}, JSON.schema, VALUE_MATCHER.schema
    ),
    "match": MATCH.schema,
    "expect": EXPECT.schema,
}
