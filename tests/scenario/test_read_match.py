"""Conditions: how each way of writing a matcher is read."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from mockserver.scenario.matchers import AnyOf, Contains, Equals, Glob, Matcher, Not, Regex
from mockserver.scenario.model import Conditions

Match = Callable[[str], Conditions]
Problems = Callable[[str], list[str]]

TEXT_MATCHERS: list[tuple[str, Matcher]] = [
    ("hello", Contains("hello")),
    ("no", Contains("no")),
    ("12", Contains("12")),
    ("/hello/", Regex(re.compile("hello"))),
    ("/a/b/i", Regex(re.compile("a/b", re.IGNORECASE))),
    ("/a/aims", Regex(re.compile("a", re.ASCII | re.IGNORECASE | re.MULTILINE | re.DOTALL))),
    ("/a/ux", Regex(re.compile("a", re.VERBOSE))),
    ("'/a: b/'", Regex(re.compile("a: b"))),
    ("/hello", Contains("/hello")),
    ("{equals: 12}", Equals("12")),
    ('{equals: ""}', Equals("")),
    ("{not: hello}", Not(Contains("hello"))),
    ("{not: {equals: hello}}", Not(Equals("hello"))),
    ("[a, /b/, {not: c}]", AnyOf((Contains("a"), Regex(re.compile("b")), Not(Contains("c"))))),
    ("{not: [a, b]}", Not(AnyOf((Contains("a"), Contains("b"))))),
]


@pytest.mark.parametrize(("text", "matcher"), TEXT_MATCHERS)
def test_a_text_matcher(match: Match, text: str, matcher: Matcher) -> None:
    assert match(f"{{user: {text}}}").user == matcher


@pytest.mark.parametrize(
    ("text", "matcher"),
    [
        ("hello", Contains("hello")),
        ("no", Contains("no")),
        ('"12"', Contains("12")),
        ("12", Equals(12)),
        ("true", Equals(value=True)),
        ("null", Equals(None)),
        ("/a/", Regex(re.compile("a"))),
        ("{equals: {a: [1]}}", Equals({"a": [1]})),
        ("{not: 1}", Not(Equals(1))),
        ("[1, a]", AnyOf((Equals(1), Contains("a")))),
    ],
)
def test_a_value_matcher(match: Match, text: str, matcher: Matcher) -> None:
    assert match(f"{{body: {{/a: {text}}}}}").body == (("/a", matcher),)


@pytest.mark.parametrize("key", ["model", "key"])
def test_names_are_matched_by_shell_patterns(match: Match, key: str) -> None:
    assert getattr(match(f"{{{key}: gpt-*}}"), key) == Glob("gpt-*")


def test_a_name_alone_is_a_list_of_one(match: Match) -> None:
    conditions = match("{protocol: gemini, tools: get_weather, format: json}")

    assert (conditions.protocol, conditions.tools, conditions.format) == (
        ("gemini",),
        ("get_weather",),
        ("json",),
    )


def test_header_names_are_lower_case(match: Match) -> None:
    assert match("{header: {X-Team: blue}}").headers == (("x-team", Contains("blue")),)


def test_headers_that_differ_in_case_only_are_a_problem(problems: Problems) -> None:
    assert problems("match: {header: {X-A: a, x-a: b}}\nreply: x") == ["1:26 `x-a` stands here twice"]


@pytest.mark.parametrize("pointer", ["", "/a", "/a~1b/~0", "/", "/a\\nb"])
def test_a_json_pointer_is_empty_or_begins_with_a_slash(match: Match, pointer: str) -> None:
    ((read, _),) = match(f'{{body: {{"{pointer}": 1}}}}').body

    assert read == pointer.replace("\\n", "\n")


@pytest.mark.parametrize(
    "pattern", ["/(/", "/a{99999999999999999999}/", "/" + "(" * 2000 + ")" * 2000 + "/", "/a/au", "/[/", "//"]
)
def test_a_bad_regular_expression_is_one_problem(problems: Problems, pattern: str) -> None:
    assert len(problems(f"match: {{user: '{pattern}'}}\nreply: x")) == 1


def test_an_expression_that_python_only_warns_of_is_no_problem(match: Match) -> None:
    assert match("{user: '/[[a]/'}").user is not None


def test_every_bad_matcher_of_a_list_is_told(problems: Problems) -> None:
    assert problems("match: {user: [/a/q, {}, {not: {equal: a}}]}\nreply: x") == [
        "1:16 `user`: `q` is no flag of a regular expression",
        "1:22 `user`: a matcher has one key, `equals` or `not`, not none",
        "1:32 `not`: a matcher has one key, `equals` or `not`, not `equal`",
    ]


def test_no_match_is_no_condition(match: Match) -> None:
    conditions = match("{}")

    assert conditions == Conditions(conditions.place)
