"""What the first request of a conversation claims: the same, whether it is known beforehand or looked for."""

from __future__ import annotations

from itertools import cycle
from textwrap import dedent

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.assembly import parse_scenarios
from mockserver.claiming.claims import Claim
from mockserver.conversation import Format, Http, Message, Request, Text, Tool, ToolChoice
from mockserver.engine import Engine
from mockserver.retelling.kindred import reworded
from mockserver.scenario.matchers import matches

SCENARIOS = """
    scenario: contains
    match: {user: Wörter}
    reply: Hi.
    ---
    scenario: turkish
    match: {user: /kimi/i}
    reply: Hi.
    ---
    scenario: equals
    match: {user: {equals: exactly this}}
    reply: Hi.
    ---
    scenario: text
    match: {user: "what*?"}
    reply: Hi.
    ---
    scenario: any
    match: {user: [red, /gr(e|a)y/, {equals: blue}]}
    reply: Hi.
    ---
    scenario: groups
    match: {user: '/the (?P<thing>\\w+) of (?P<more>\\w+)?/'}
    reply: "{{ thing }}"
    ---
    scenario: expects
    match: {user: expect}
    turns: [{expect: {user: '/expect (?P<what>\\w+)/'}, reply: Hi.}, {reply: Ho.}]
    ---
    scenario: counted
    match: {user: again}
    attempts: [{reply: One.}, {reply: Two.}]
    ---
    scenario: body
    match: {body: {/messages/0/content: /body/}}
    reply: Hi.
    ---
    scenario: header
    match: {header: {content-length: "7"}, user: e}
    reply: Hi.
    ---
    scenario: system
    match: {system: kind, user: kind}
    reply: Hi.
    ---
    scenario: model
    match: {model: large, user: size}
    reply: Hi.
    ---
    scenario: tools
    match: {tools: look, user: look}
    reply: Hi.
    ---
    scenario: choice
    match: {tool_choice: required, user: look}
    reply: Hi.
    ---
    scenario: stream
    match: {stream: true, user: stream}
    reply: Hi.
    ---
    scenario: format
    match: {format: json, user: json}
    reply: Hi.
    ---
    scenario: on-another-wire
    match: {protocol: gemini}
    reply: Hi.
    ---
    scenario: named
    match: by-name
    reply: Hi.
    ---
    scenario: nothing-like-it
    match: {user: {not: '/[a-z]/'}}
    reply: Hi.
"""
WORDS = st.sampled_from(
    [
        *(
            "wörter",
            "WÖRTER",
            "kimi",
            "K\u0130M\u0131",
            "\u0131",
            "é",
            "exactly this",
            "what*?",
            "red",
            "GREY",
        ),
        *(
            "blue",
            "the thing of",
            "expect",
            "again",
            "body",
            "kind",
            "size",
            "look",
            "stream",
            "json",
            "a",
            "1",
        ),
    ]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=4).map(" ".join) | st.text(min_size=1)

REQUESTS = st.builds(
    Request,
    protocol=st.sampled_from(["openai.chat", "gemini"]),
    model=st.sampled_from(["large", "small", "mock-groups", "mock-named", "mock-counted+slow"]),
    messages=st.just(()),
    http=st.just(Http("POST", "/")),
    system=st.sampled_from(["", "Be kind."]),
    tools=st.sampled_from([(), (Tool("look"),)]),
    tool_choice=st.sampled_from([ToolChoice(), ToolChoice("required")]),
    format=st.sampled_from([Format(), Format("json")]),
    stream=st.booleans(),
)


def saying(sample: Request, text: str) -> Request:
    body = {"messages": [{"role": "user", "content": text}]}
    http = Http("POST", "/", {"content-length": str(len(text))}, {}, orjson.dumps(body), key="k")
    return reworded(sample, (Message("user", (Text(text),)),), http, body)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(parse_scenarios(dedent(SCENARIOS), "all.yaml"))


@given(sample=REQUESTS, before=TEXTS, text=TEXTS)
def test_what_is_known_beforehand_is_what_would_be_found(
    engine: Engine, sample: Request, before: str, text: str
) -> None:
    openings = engine.openings(saying(sample, before))
    request = saying(sample, text)

    assert openings
    assert openings.propose(request, text) == engine.propose(request)


@pytest.mark.parametrize(
    ("text", "scenario"),
    [
        ("die Wörter", "contains"),
        ("exactly this", "equals"),
        ("see what*? there", "text"),
        ("gray", "any"),
        ("the end of all", "groups"),
        ("a body", "body"),
        ("seven e", "header"),
        ("again", "counted"),
    ],
)
def test_each_kind_of_condition_opens_its_scenario(engine: Engine, text: str, scenario: str) -> None:
    sample = Request("openai.chat", "m", (), Http("POST", "/"))
    openings = engine.openings(saying(sample, "?"))

    assert openings
    claim = openings.propose(saying(sample, text), text)

    assert getattr(claim, "scenario", claim) is engine.named(scenario)


def test_scenarios_of_a_key_come_first() -> None:
    engine = Engine(parse_scenarios("scenario: common\nreply: Hi.", "common.yaml"))
    engine.add("k", parse_scenarios("scenario: own\nmatch: {user: own}\nreply: Hi.", "own.yaml"))
    sample = saying(Request("openai.chat", "m", (), Http("POST", "/")), "hello")

    openings = engine.openings(sample)

    assert openings
    for text in ("hello", "my own"):
        request = saying(sample, text)
        assert openings.propose(request, text) == engine.propose(request)


def test_among_thousands_the_one_is_known_that_is_found() -> None:
    texts = (f"scenario: s{number}\nmatch: {{user: w{number}}}\nreply: Hi." for number in range(300))
    engine = Engine(parse_scenarios("\n---\n".join(texts), "many.yaml"))
    sample = saying(Request("openai.chat", "m", (), Http("POST", "/")), "w1")
    openings = engine.openings(sample)

    assert openings
    for text in ("w1", "w299", "W200 and w150", "none"):
        request = saying(sample, text)
        assert openings.propose(request, text) == engine.propose(request)


NUMBERS = st.lists(
    st.sampled_from(
        ["w", "W", "0", "1", "2", "12", "299", " ", ".", "_", "é", "\u0130", "\u0307", "w12 ", "W0299"]
    ),
    min_size=1,
    max_size=6,
).map("".join)


@pytest.fixture(scope="module")
def numbered() -> Engine:
    pattern = r"'/\bw0*{number}\b/{flags}'"
    texts = (
        f"scenario: s{number}\nmatch: {{user: {pattern.format(number=number, flags=flags)}}}\nreply: Hi."
        for number, flags in zip(range(300), cycle(["i", "", "ia"]), strict=False)
    )
    return Engine(parse_scenarios("\n---\n".join(texts), "many.yaml"))


@given(text=NUMBERS)
def test_among_many_patterns_the_first_is_found_that_fits(numbered: Engine, text: str) -> None:
    sample = saying(Request("openai.chat", "m", (), Http("POST", "/")), "?")
    openings = numbered.openings(sample)
    fitting = (each for each in numbered.scenarios if each.match.user and matches(each.match.user, text))

    assert openings
    claim = openings.propose(saying(sample, text), text)

    assert getattr(claim, "scenario", None) is next(fitting, None)


@given(sample=REQUESTS, before=TEXTS, text=TEXTS)
def test_what_is_sure_is_claimed(engine: Engine, sample: Request, before: str, text: str) -> None:
    openings = engine.openings(saying(sample, before))
    claim = engine.propose(saying(sample, text))

    assert openings
    if opening := openings.sure(text):
        assert isinstance(claim, Claim)
        assert (claim.scenario, claim.attempt) == (opening.scenario, opening.attempt)
        assert not claim.unmet
        assert not engine.is_counted(claim, saying(sample, text))


@pytest.mark.parametrize(
    ("text", "is_sure"),
    [("exactly this", True), ("the end of all", False), ("a body", False), ("again", False)],
)
def test_what_only_words_tell_is_sure(engine: Engine, text: str, *, is_sure: bool) -> None:
    openings = engine.openings(saying(Request("openai.chat", "m", (), Http("POST", "/")), "?"))

    assert openings
    assert bool(openings.sure(text)) is is_sure
