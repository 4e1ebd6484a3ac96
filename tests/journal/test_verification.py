"""What fails verification, each kind once, and what is told of it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.journal.verification import UNMET_KINDS, UnmetKind


@pytest.fixture(scope="module")
def running() -> Iterator[MockServer]:
    with MockServer(speed=0) as server:
        yield server


@pytest.fixture
def mock(running: MockServer, request: pytest.FixtureRequest) -> MockServer:
    return running.namespace(f"key-of-{request.node.name}")


def say(mock: MockServer, *texts: str, **more: Any) -> str:
    """Say something, after turns of the user and the assistant; what is answered, "" for an error."""
    roles = ("user", "assistant")
    messages = [{"role": roles[at % 2], "content": text} for at, text in enumerate(texts)]
    body = json.dumps({"model": "gpt-5.5", "messages": messages, **more}).encode()
    request = urllib.request.Request(
        f"{mock.urls.openai}/chat/completions", body, {"authorization": f"Bearer {mock.key}"}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return str(json.load(answer)["choices"][0]["message"]["content"])
    except urllib.error.HTTPError as error:
        error.close()
        return ""


def told(mock: MockServer, *ignore: UnmetKind) -> list[str]:
    return [str(unmet) for unmet in mock.unmet(ignore)]


def test_nothing_is_unmet_where_all_went_as_scripted(mock: MockServer) -> None:
    mock.reply("Hi")
    say(mock, "Hello!")

    assert told(mock) == []


def test_a_request_that_no_scenario_answers_is_unmatched(mock: MockServer) -> None:
    say(mock, "Hello!")

    (unmet,) = mock.unmet()
    assert unmet.kind == "unmatched"
    assert unmet.text.startswith("No scenario matches")


def test_an_expectation_is_told_with_its_place(mock: MockServer) -> None:
    mock.script("scenario: s\nexpect: {system: brief}\nreply: Hi")
    say(mock, "Hello!")

    assert told(mock) == ['expectation: s/1: system: wanted text containing "brief", got "" (script:2:18)']


@pytest.mark.parametrize("mode", ["documented", "off"])
def test_what_the_api_refuses_is_told_whether_it_was_refused_here_or_not(mock: MockServer, mode: Any) -> None:
    mock.judge(mode)
    mock.script("scenario: s\nmatch: {user: Hello}\nreply: Hi")
    say(mock, "Hello!")
    say(mock, "Hello!", temperature="hot")

    (unmet,) = mock.unmet()
    assert unmet.kind == "contract"
    assert unmet.text.endswith("at /temperature")


def test_a_turn_that_came_back_otherwise_breaks_the_history(mock: MockServer) -> None:
    mock.script("scenario: s\nturns: [{reply: One}, {reply: Two}]")
    say(mock, "Hello!")
    say(mock, "Hello!", "Otherwise", "Go on")

    (unmet,) = mock.unmet()
    assert unmet.kind == "history"
    assert unmet.text.startswith("s/2: ")


def test_a_scenario_that_was_not_asked_for_is_unplayed(mock: MockServer) -> None:
    mock.script("scenario: s\nreply: Hi")

    assert told(mock) == ["unplayed: s was never played (script:1:1)"]


def test_a_scenario_that_was_left_in_the_middle_is_unplayed(mock: MockServer) -> None:
    mock.script("scenario: s\nturns:\n  - reply: One\n  - reply: Two")
    say(mock, "Hello!")

    assert told(mock) == ["unplayed: s was played, but not turn 2 (script:4:5)"]


def test_an_attempt_that_was_not_asked_for_is_unplayed(mock: MockServer) -> None:
    mock.script("scenario: s\nattempts: [{error: overloaded}, {reply: Hi}]")
    say(mock, "Hello!")

    (unmet,) = told(mock)
    assert unmet.startswith("unplayed: s was played, but not attempt 2 of turn 1")


def test_a_scenario_whose_answer_was_refused_for_its_fault_is_unplayed(mock: MockServer) -> None:
    mock.script("scenario: s\nreply: Hi")
    assert say(mock, "Hello!", model="mock-s+no-such-fault") == ""

    assert told(mock) == ["unplayed: s was never played (script:1:1)"]


def test_of_scenarios_without_a_name_each_is_to_be_played(mock: MockServer) -> None:
    mock.script({"match": {"user": "one"}, "reply": "1"})
    mock.script({"match": {"user": "two"}, "reply": "2"})
    say(mock, "two")

    assert [(unmet.kind, unmet.text) for unmet in mock.unmet()] == [
        ("unplayed", "script was never played"),
    ]


def test_a_scenario_that_is_added_twice_is_played_once(mock: MockServer) -> None:
    for _ in range(2):
        mock.script({"match": {"user": "one"}, "reply": "{{ user }}"})
    say(mock, "one")

    assert told(mock) == []


def test_a_scenario_that_was_taken_away_and_added_again_is_to_be_played_again(mock: MockServer) -> None:
    scenario = {"scenario": "greeting", "reply": "Hi"}
    mock.script(scenario)
    say(mock, "Hello!")
    page = f"{mock.url}/_mock/scenarios"
    taken = urllib.request.Request(page, headers={"x-api-key": mock.key}, method="DELETE")
    urllib.request.urlopen(taken).close()
    mock.script(scenario)

    assert [unmet.text for unmet in mock.unmet()] == ["greeting was never played"]


def test_the_last_reply_counts_and_the_one_before_was_played(mock: MockServer) -> None:
    mock.reply("One")
    assert say(mock, "Hello!") == "One"
    mock.reply("Two")
    assert say(mock, "Hello!") == "Two"

    assert told(mock) == []


def test_a_kind_can_be_ignored(mock: MockServer) -> None:
    mock.script("scenario: s\nmatch: {user: never}\nreply: Hi")
    say(mock, "Hello!")

    assert [unmet.kind for unmet in mock.unmet()] == ["unmatched", "unplayed"]
    assert [unmet.kind for unmet in mock.unmet(["unplayed"])] == ["unmatched"]
    mock.verify(ignore=UNMET_KINDS)


def test_a_kind_that_is_not_known_is_told_with_those_that_are(mock: MockServer) -> None:
    with pytest.raises(ValueError, match="choose from unmatched, expectation, contract"):
        mock.unmet(["contracts"])  # type: ignore[list-item] # the slip


def test_the_failure_lists_all_at_once(mock: MockServer) -> None:
    mock.script("scenario: s\nmatch: {user: never}\nreply: Hi")
    say(mock, "Hello!")

    with pytest.raises(AssertionError) as failed:
        mock.verify()

    first, *rest = str(failed.value).splitlines()
    assert first == "The mock server was not used as scripted:"
    assert [line.split(":")[0] for line in rest if line.startswith("-")] == ["- unmatched", "- unplayed"]
    assert rest[-5:] == [
        "- unplayed: s was never played",
        "   --> script:1:1",
        "    |",
        "  1 | scenario: s",
        "    | ^",
    ]


def test_a_reset_forgets_what_was_played(mock: MockServer) -> None:
    mock.script("scenario: s\nreply: Hi")
    say(mock, "Hello!")
    mock.reset()
    mock.script("scenario: s\nreply: Hi")

    assert told(mock) == ["unplayed: s was never played (script:1:1)"]
