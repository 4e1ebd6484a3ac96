"""Requests that differ in what was said alone: each is answered as if it were the only one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from faults.wires import BUILTIN, DIALECTS, Wires
from retelling.asked_again import OFTEN, asking, is_written, noted, told

from mockserver import conversing
from mockserver.conversation import Attachment, Http, Message, Request, Text
from mockserver.playback.steps import gathered, plain
from mockserver.retelling.alike import unheard
from mockserver.retelling.holes import NotAgainError


@pytest.mark.parametrize("profile", ["native", "gateway"])
@pytest.mark.parametrize("stream", [False, True], ids=["json", "stream"])
@pytest.mark.parametrize("wire", DIALECTS)
@pytest.mark.parametrize("scenario", [scenario.name for scenario in BUILTIN])
def test_whatever_is_asked_is_answered_and_noted_as_if_nothing_like_it_came_before(
    scenario: str, wire: str, *, stream: bool, profile: str
) -> None:
    with_others, alone = Wires(profile=profile), Wires(profile=profile)

    for number in range(OFTEN):
        http = asking(wire, number, f"mock-{scenario}", stream=stream)
        steps, entry = told(with_others, http)
        wanted, wanted_entry = told(alone, http, anew=True)
        assert list(plain(steps)) == wanted
        assert noted(entry) == noted(wanted_entry)

    if scenario in {"hello", "poem", "thinking", "parallel-tools", "truncated"}:
        assert is_written(steps)


SCRIPTS = {
    "what was said": "reply: 'You said {{ user }}'",
    "how often it was tried": "attempts: [{reply: One.}, {reply: Two.}]",
    "an error that tells it": "error: {kind: invalid_request, message: '{{ user }} is bad'}",
    "a header that tells it": "reply: Hi.\nheaders: {x-said: '{{ user }}'}",
}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("wire", DIALECTS)
def test_an_answer_that_shows_what_was_said_shows_what_was_said_this_time(wire: str, script: str) -> None:
    scenario = f"scenario: it\n{SCRIPTS[script]}"
    with_others, alone = Wires(scenario), Wires(scenario)

    for number in range(OFTEN):
        http = asking(wire, number)
        assert list(plain(told(with_others, http)[0])) == told(alone, http, anew=True)[0]


OPTIONS: dict[str, list[dict[str, Any]]] = {
    "openai.chat": [{"n": 2}, {"max_completion_tokens": 2}, {"stop": "there"}, {"store": True}],
    "openai.responses": [{"instructions": "Be brief."}, {"max_output_tokens": 16}, {"store": False}],
    "openai.completions": [{"n": 2}, {"max_tokens": 2}, {"echo": True}],
    "anthropic": [{"max_tokens": 2}, {"stop_sequences": ["there"]}, {"system": "Be brief."}],
    "gemini": [{"generationConfig": {"maxOutputTokens": 2}}],
}


@pytest.mark.parametrize("stream", [False, True], ids=["json", "stream"])
@pytest.mark.parametrize("wire", DIALECTS)
def test_whoever_asks_in_another_way_is_answered_in_another_way(wire: str, *, stream: bool) -> None:
    script = "scenario: it\nreply: Hello there, how are you today?"
    with_others, alone = Wires(script), Wires(script)

    for number in range(OFTEN):
        for options in ({}, *OPTIONS[wire]):
            http = asking(wire, number, stream=stream, **options)
            assert list(plain(told(with_others, http)[0])) == told(alone, http, anew=True)[0]


@pytest.mark.parametrize("wire", DIALECTS)
def test_who_says_more_is_told_of_more_input(wire: str) -> None:
    script = "scenario: it\nreply: Hello."
    with_others, alone = Wires(script), Wires(script)

    for number in range(OFTEN):
        http = asking(wire, number)
        longer = replace(http, body=http.body.replace(b"Question", b"Question" * (1 + number)))
        for each in (http, longer):
            assert list(plain(told(with_others, each)[0])) == told(alone, each, anew=True)[0]


def test_each_response_can_be_gone_on_from() -> None:
    wires = Wires("scenario: it\nmatch: {user: Question}\nreply: Hello.")
    bodies = [gathered(told(wires, asking("openai.responses", n))[0]).body for n in range(OFTEN)]

    for number, body in enumerate(bodies):
        stored = wires.engine.recall("k", orjson.loads(body)["id"])
        assert stored
        assert [message.text for message in stored.messages] == [f"Question {number:04}?", "Hello."]


def test_a_body_that_comes_again_is_stored_again() -> None:
    wires = Wires("scenario: it\nreply: Hello.")
    for number in range(OFTEN):
        told(wires, asking("openai.responses", number))

    for _ in range(3):
        told(wires, asking("openai.responses", 0))

    assert len(wires.engine.kept("k", "resp_")) == OFTEN + 3


def test_reset_forgets_the_answers_to_a_key() -> None:
    wires = Wires("scenario: it\nreply: Hello.")
    for number in range(OFTEN):
        told(wires, asking("openai.chat", number))
    wires.service.reset("k")

    steps, _ = told(wires, asking("openai.chat", OFTEN))

    assert not is_written(steps)


def test_of_an_attempt_that_shows_what_was_said_no_answer_in_common_is_looked_for_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wires = Wires("scenario: it\nreply: auto\n---\nscenario: other\nmatch: by-name\nreply: Hello.")
    looked = list[Request]()

    def looking(request: Request, spoken: frozenset[str]) -> Request:
        looked.append(request)
        return unheard(request, spoken)

    monkeypatch.setattr(conversing, "unheard", looking)
    for length in range(10):
        for number in range(OFTEN):
            http = asking("openai.chat", number)
            told(wires, replace(http, body=http.body.replace(b"Question", b"Question" * (1 + length))))

    assert len(looked) == 1

    steps = [told(wires, asking("openai.chat", number, "mock-other"))[0] for number in range(OFTEN)]
    assert is_written(steps[-1])


# ---------------------------------------------------------------------------- what nobody can look at

REQUEST = Request(
    protocol="toy",
    model="m",
    messages=(Message("user", (Text("secret"), Attachment("image/png", "AAAA"))),),
    http=Http("POST", "/toy", {"accept": "x", "content-length": "7"}, body=b"secret"),
    body={"say": "secret", "n": 2},
    system="secret",
)
UNHEARD = unheard(REQUEST, frozenset({"say"}))


@pytest.mark.parametrize(
    "look",
    [
        lambda: UNHEARD.messages,
        lambda: UNHEARD.system,
        lambda: UNHEARD.user,
        lambda: UNHEARD.http.body,
        lambda: UNHEARD.body["say"],
        lambda: UNHEARD.body.get("say"),
        lambda: "say" in UNHEARD.body,
        lambda: dict(UNHEARD.body),
        lambda: {**UNHEARD.body},
        lambda: list(UNHEARD.body),
        UNHEARD.body.items,
        lambda: UNHEARD.body | {},
        UNHEARD.body.copy,
        lambda: replace(UNHEARD, stream=True),
    ],
)
def test_who_looks_at_what_was_said_is_noticed(look: Any) -> None:
    with pytest.raises(NotAgainError):
        look()


def test_all_else_can_be_looked_at() -> None:
    assert (UNHEARD.model, UNHEARD.body["n"], UNHEARD.body.get("m"), "n" in UNHEARD.body) == (
        "m",
        2,
        None,
        True,
    )
    assert UNHEARD.attachments == (Attachment("image/png", "AAAA"),)
    assert (UNHEARD.http.path, UNHEARD.http.headers) == ("/toy", {"accept": "x", "content-length": "7"})
