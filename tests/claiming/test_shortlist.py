"""Out of many scenarios those that may match, and never one too few."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.assembly import parse_scenarios
from mockserver.claiming import shortlist
from mockserver.claiming.claims import Claim, Unclaimed
from mockserver.claiming.shortlist import Shortlist
from mockserver.conversation import Http, Message, Request, Text, Tool, ToolCall, ToolResult
from mockserver.engine import Engine
from mockserver.scenario.matchers import AnyOf, Contains, Equals, Glob, Matcher, Not, Regex
from mockserver.scenario.model import Conditions, Scenario
from mockserver.text import literals

WORDS = [
    "",
    "a",
    "Paris",
    "the weather in Paris",
    "weather",
    "\u0131",
    "STRASSE",
    "straße",
    "17",
    "town 17 today",
]
VALUES = [*WORDS, 17, 1, True, None, 0.5, ["a"], {"a": 1}]
PATTERNS = [
    r"weather in (?P<city>\w+)",
    "(?i)paris",
    "town 17|a",
    "^a?$",
    "straße",
    "[a-z]",
    "(the )?weather",
]
TURNS = "[{reply: one}, {reply: two}]"
TWO_TURNS = parse_scenarios(f"scenario: x\nturns: {TURNS}", "x.yaml")[0]

TEXT_MATCHERS = st.recursive(
    st.one_of(
        st.sampled_from(WORDS[1:]).map(Contains),
        st.builds(
            lambda pattern, flags: Regex(re.compile(pattern, flags)),
            st.sampled_from(PATTERNS),
            st.sampled_from([re.NOFLAG, re.IGNORECASE]),
        ),
        st.sampled_from(WORDS).map(Equals),
    ),
    lambda inner: st.one_of(
        inner.map(Not), st.lists(inner, min_size=1, max_size=3).map(lambda found: AnyOf(tuple(found)))
    ),
    max_leaves=3,
)
GLOBS = st.sampled_from(["gpt-5", "gpt-*", "*", "claude-[34]", "key-?"]).map(Glob)


def maybe(matchers: st.SearchStrategy[Matcher]) -> st.SearchStrategy[Matcher | None]:
    return st.one_of(st.none(), st.none(), matchers)


def named(
    names: Iterable[str], matchers: st.SearchStrategy[Matcher]
) -> st.SearchStrategy[tuple[tuple[str, Matcher], ...]]:
    return st.dictionaries(st.sampled_from(list(names)), matchers, max_size=1).map(lambda d: tuple(d.items()))


CONDITIONS = st.builds(
    Conditions,
    st.just(TWO_TURNS.place),
    protocol=st.sampled_from([(), (), ("openai",), ("openai.chat", "gemini"), ("anthropic",)]),
    model=maybe(GLOBS),
    user=maybe(TEXT_MATCHERS),
    system=maybe(TEXT_MATCHERS),
    tools=st.sampled_from([(), (), ("look",), ("look", "find")]),
    headers=named(["x-test", "x-other"], TEXT_MATCHERS),
    key=maybe(GLOBS),
    body=named(["/user", "/tags/0"], st.one_of(TEXT_MATCHERS, st.sampled_from(VALUES).map(Equals))),
)


def named_in_turn(scenarios: list[Scenario], letter: str) -> tuple[Scenario, ...]:
    return tuple(replace(scenario, name=f"{letter}{at}") for at, scenario in enumerate(scenarios))


SCENARIOS = st.lists(
    st.builds(
        lambda match, by_name, repeat: replace(TWO_TURNS, match=match, by_name=by_name, repeat=repeat),
        CONDITIONS,
        st.sampled_from([False, False, False, True]),
        st.booleans(),
    ),
    max_size=12,
)

SAID = st.lists(st.sampled_from(WORDS), max_size=2).map(" ".join)
MESSAGES = st.lists(
    st.one_of(
        SAID.map(lambda said: Message("user", (Text(said),))),
        SAID.map(lambda said: Message("assistant", (Text(said),))),
        st.just(Message("assistant", (ToolCall("look", {}, "c"),))),
        st.just(Message("tool", (ToolResult("c", "found"),))),
    ),
    max_size=6,
).map(tuple)
REQUESTS = st.builds(
    Request,
    protocol=st.sampled_from(["openai.chat", "openai.responses", "gemini", "anthropic"]),
    model=st.sampled_from(["gpt-5", "gpt-4o", "claude-3", "mock-s0", "mock-o1+truncated_json"]),
    messages=MESSAGES,
    http=st.builds(
        Http,
        st.just("POST"),
        st.just("/"),
        headers=st.dictionaries(st.just("x-test"), SAID, max_size=1),
        key=st.sampled_from(["key-1", "gpt-5"]),
    ),
    body=st.fixed_dictionaries(
        {}, optional={"user": st.sampled_from(VALUES), "tags": st.just([1]) | st.just(["a"])}
    ),
    system=SAID,
    tools=st.sampled_from([(), (Tool("look"),), (Tool("find"), Tool("look"))]),
)

Answer = tuple[str, int] | None


def answer(claim: Claim | Unclaimed) -> Answer:
    return (claim.scenario.name, claim.turn) if isinstance(claim, Claim) else None


def tried_one_by_one(scenarios: Iterable[Scenario], request: Request) -> Answer:
    """What comes of it where each scenario is alone with the request."""
    alone = (answer(Engine([scenario]).claim(request)) for scenario in scenarios)
    return next((found for found in alone if found), None)


@contextmanager
def made_for(fewest: int) -> Iterator[None]:
    """Lists are made for sets of that many scenarios, and for any number of texts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shortlist, "_MANY", fewest)
        patch.setattr(shortlist, "_ENOUGH", 0)
        patch.setattr(literals, "_FEW", 0)
        yield


@given(SCENARIOS, SCENARIOS, REQUESTS)
def test_many_scenarios_answer_as_if_each_were_tried(
    common: list[Scenario], own: list[Scenario], asked: Request
) -> None:
    of_all, of_the_key = named_in_turn(common, "s"), named_in_turn(own, "o")
    with made_for(1):
        engine = Engine(of_all)
        engine.add(asked.http.key, of_the_key)
        answers = {answer(engine.claim(asked)) for _ in range(3)}

    assert answers == {tried_one_by_one((*of_the_key, *of_all), asked)}


MANY = "\n---\n".join(
    f"scenario: s{number}\nmatch: {{user: the weather in town {number} today}}\nreply: x"
    for number in range(100)
)
FURTHER = [
    "scenario: any\nreply: x",
    "scenario: chosen\nmatch: by-name\nreply: x",
    "scenario: refused\nmatch: {user: {not: weather}}\nreply: x",
    "scenario: other\nmatch: {user: [rain, /snow/]}\nreply: x",
    "scenario: modest\nmatch: {model: gpt-4*, system: brief}\nreply: x",
]


def test_of_many_only_those_are_left_that_may_match() -> None:
    scenarios = parse_scenarios("\n---\n".join([*FURTHER, MANY]), "many.yaml")
    asked = Request(
        "openai.chat",
        "gpt-5",
        (Message("user", (Text("Tell me the weather in town 17 today."),)),),
        Http("POST", "/"),
    )

    left = [scenario.name for scenario in Shortlist(scenarios).candidates(asked)]

    assert left == ["any", "refused", "modest", "s17"]
