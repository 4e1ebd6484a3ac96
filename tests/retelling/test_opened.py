"""Requests that are answered by their words alone: as if they had been read, and read by who asks later."""

from __future__ import annotations

import time
from dataclasses import replace

import orjson
import pytest
from faults.wires import Wires
from retelling.asked_again import TALKING, asking, noted, told

from mockserver.assembly import parse_scenarios
from mockserver.claiming.claims import Claim
from mockserver.conversation import Http
from mockserver.playback.steps import gathered, plain

SCRIPT = "scenario: it\nmatch: {user: Question}\nreply: Hello."
KNOWN = 20
"""So many requests of a kind, and all that can be known of it is."""


def knowing(wire: str, script: str = SCRIPT) -> Wires:
    """A service that was asked often."""
    wires = Wires(script)
    for number in range(KNOWN):
        told(wires, asking(wire, number))
    return wires


def saying(text: str) -> Http:
    """The same with other words, which stand there as they are."""
    http = asking("openai.chat", KNOWN)
    return replace(http, body=http.body.replace(b"Question 0020?", text.encode(errors="surrogatepass")))


@pytest.mark.parametrize("wire", TALKING)
def test_what_is_known_by_its_words_is_read_when_somebody_asks(wire: str) -> None:
    steps, entry = told(knowing(wire), http := asking(wire, KNOWN))
    wanted, wanted_entry = told(Wires(SCRIPT), http)

    assert entry.unread
    assert list(plain(steps)) == wanted
    assert (entry.scenario, entry.is_met) == ("it/1", True)
    assert noted(entry) == noted(wanted_entry)
    assert isinstance(entry.claim, Claim)
    assert isinstance(wanted_entry.claim, Claim)
    assert entry.claim.variables == wanted_entry.claim.variables
    assert entry.scenario == "it/1"


@pytest.mark.parametrize("wire", TALKING)
def test_what_is_read_later_is_what_was_claimed_then(wire: str) -> None:
    wires = knowing(wire)
    _, entry = told(wires, asking(wire, KNOWN))
    assert entry.unread

    wires.engine.load(parse_scenarios("scenario: other\nreply: Bye.", "other.yaml"))
    wires.service.reset("k")

    assert entry.scenario == "it/1"
    assert isinstance(entry.claim, Claim)
    assert entry.claim.scenario.name == "it"


@pytest.mark.parametrize(
    "more",
    [
        "attempts: [{reply: One.}, {reply: Two.}]",
        "reply: 'Attempt {{ attempt }}'",
        "reply: 'You said {{ user }}'",
        "expect: {model: m}\nreply: Hello.",
    ],
)
@pytest.mark.parametrize("match", ["Question", "'/Question (?P<number>.*)/'"])
def test_what_follows_from_more_than_words_is_read(match: str, more: str) -> None:
    script = f"scenario: it\nmatch: {{user: {match}}}\n{more}"
    wires, alone = knowing("openai.chat", script), Wires(script)
    http = asking("openai.chat", KNOWN)

    steps, entry = told(wires, http)

    assert not entry.unread
    assert list(plain(steps)) == told(alone, http, anew=True)[0]


@pytest.mark.parametrize("wire", TALKING)
@pytest.mark.parametrize("broken", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf"])
def test_bytes_that_are_no_text_are_refused_behind_whatever_was_answered(wire: str, broken: bytes) -> None:
    wires, http = knowing(wire), asking(wire, KNOWN)
    broken_body = replace(http, body=http.body.replace(b"Question 0020", b"Question 0020" + broken))

    steps, entry = told(wires, broken_body)

    assert list(plain(steps)) == told(Wires(SCRIPT), broken_body)[0]
    assert entry.failure
    assert entry.request is None


@pytest.mark.parametrize(
    "said",
    [*"\t\n\0\x1f\x7f", "\u2028", "\u00a0", "\ud800", "Question \ud8000020?", '"', "\\n", "\\x", " ", ""],
)
def test_whatever_may_be_no_json_is_read(said: str) -> None:
    script = "scenario: it\nreply: Hello."
    wires = knowing("openai.chat", script)
    http = saying(said)

    steps, entry = told(wires, http)

    assert not entry.unread
    wanted, wanted_entry = told(Wires(script), http)
    assert list(plain(steps)) == wanted
    assert noted(entry) == noted(wanted_entry)


def test_words_of_any_language_are_known() -> None:
    wires = knowing("openai.chat")

    _, entry = told(wires, saying("Question 😀 é?"))

    assert entry.unread
    assert entry.request
    assert entry.request.user == "Question 😀 é?"


def test_what_was_stored_of_it_is_found() -> None:
    wires = knowing("openai.responses")
    steps, entry = told(wires, asking("openai.responses", KNOWN))
    assert entry.unread
    name = orjson.loads(gathered(steps).body)["id"]

    asked = Http("GET", f"/v1/responses/{name}/input_items", key="k")
    items = orjson.loads(gathered(wires.service.respond(asked).steps).body)["data"]

    assert [part["text"] for item in items for part in item["content"]] == [f"Question {KNOWN:04}?"]


def test_a_turn_that_comes_back_altered_is_found() -> None:
    wires = knowing("openai.chat", SCRIPT + "\nafter: repeat")
    http = asking("openai.chat", KNOWN)
    _, entry = told(wires, http)
    assert entry.unread
    entry.outcome = "complete"
    body = orjson.loads(http.body)
    body["messages"] += [{"role": "assistant", "content": "Bye."}, {"role": "user", "content": "Question"}]

    _, entry = told(wires, replace(http, body=orjson.dumps(body)))

    assert [finding.code for finding in entry.findings] == ["text_altered"]


def test_a_scenario_of_a_keys_own_counts_as_played() -> None:
    wires = Wires()
    own = "scenario: early\nmatch: {user: One}\nreply: Early.\n---\n" + SCRIPT
    wires.engine.add("k", parse_scenarios(own, "own.yaml"))
    for number in range(KNOWN):
        told(wires, asking("openai.chat", number))
    for scenario in ("it", "early"):
        wires.engine.state.played("k").forget(scenario)

    assert told(wires, asking("openai.chat", KNOWN))[1].scenario == "it/1"

    assert [unplayed.scenario.name for unplayed in wires.engine.unplayed("k")] == ["early"]


def test_an_answer_that_does_not_hold_any_more_is_made_anew() -> None:
    script = "scenario: it\nreply: Hello."
    wires, alone = knowing("openai.chat", script), Wires(script)
    http = asking("openai.chat", KNOWN)

    later = wires.service.respond(http, time.time())

    assert not later.entry.unread
    assert gathered(later.steps) == gathered(alone.service.respond(http, time.time()).steps)


def test_what_has_come_before_is_kept_as_the_same() -> None:
    wires = knowing("openai.chat")

    unread = [told(wires, asking("openai.chat", KNOWN))[1].unread is not None for _ in range(4)]

    assert unread == [True, True, False, False]
