"""Matchers over texts and JSON values. A matcher tells the reason it failed; "matches" means "no reason".

Pure values and functions: no file, no request.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TypeAlias

from mockserver.conversation import Json, json_text
from mockserver.values import dataclass

FLAGS = {
    "a": re.ASCII,
    "i": re.IGNORECASE,
    "m": re.MULTILINE,
    "s": re.DOTALL,
    "u": re.UNICODE,
    "x": re.VERBOSE,
}
"""The letters that may stand behind a regular expression."""


@dataclass(frozen=True, slots=True)
class Contains:
    """The text contains `text`, case ignored."""

    text: str


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression is found in the text; its named groups become template variables."""

    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Equals:
    """The value is exactly this, letter for letter."""

    value: Json


@dataclass(frozen=True, slots=True)
class Glob:
    """The whole text fits a shell pattern, case kept."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Not:
    matcher: Matcher


@dataclass(frozen=True, slots=True)
class AnyOf:
    matchers: tuple[Matcher, ...]


Matcher: TypeAlias = Contains | Regex | Equals | Glob | Not | AnyOf


def matches(matcher: Matcher, value: Json) -> bool:
    match matcher:
        case Contains(text=text):
            return text.casefold() in _as_text(value).casefold()
        case Regex(pattern=pattern):
            return pattern.search(_as_text(value)) is not None
        case Equals(value=wanted):
            return bool(wanted == value) and isinstance(wanted, bool) == isinstance(value, bool)
        case Glob(pattern=glob):
            return fnmatchcase(_as_text(value), glob)
        case Not(matcher=inner):
            return not matches(inner, value)
        case AnyOf(matchers=options):
            return any(matches(option, value) for option in options)


def captures(matcher: Matcher, value: Json) -> dict[str, str]:
    """The named groups of the regular expressions that match; of several, the first that matches."""
    match matcher:
        case Regex(pattern=pattern):
            found = pattern.search(_as_text(value))
            return {k: v for k, v in found.groupdict().items() if v is not None} if found else {}
        case AnyOf(matchers=options):
            return next((captures(option, value) for option in options if matches(option, value)), {})
        case Contains() | Equals() | Glob() | Not():
            return {}


def group_names(matcher: Matcher) -> set[str]:
    """The named groups that `captures` may find."""
    match matcher:
        case Regex(pattern=pattern):
            return set(pattern.groupindex)
        case AnyOf(matchers=options):
            return {name for option in options for name in group_names(option)}
        case Contains() | Equals() | Glob() | Not():
            return set()


def describe(matcher: Matcher) -> str:
    """The matcher in words, to stand after "wanted"."""
    match matcher:
        case Contains(text=text):
            return f"text containing {json_text(text)}"
        case Regex(pattern=pattern):
            return f"text matching /{pattern.pattern}/{_flags(pattern)}"
        case Equals(value=value):
            return f"exactly {json_text(value)}"
        case Glob(pattern=pattern):
            return pattern
        case Not(matcher=inner):
            return f"anything but {describe(inner)}"
        case AnyOf(matchers=options):
            return " or ".join(describe(option) for option in options)


def _flags(pattern: re.Pattern[str]) -> str:
    """The flags as an author writes them; texts are searched with `u` anyway."""
    return "".join(letter for letter, flag in FLAGS.items() if pattern.flags & flag and letter != "u")


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else json_text(value)
