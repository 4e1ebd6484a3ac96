"""What a test sees of an exchange, asked of a running server in the words of a test."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.conversation import Http
from mockserver.journal.entries import Entry
from mockserver.journal.recorded import RecordedExchange

TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}


@pytest.fixture(scope="module")
def running() -> Iterator[MockServer]:
    with MockServer(speed=0) as server:
        yield server


@pytest.fixture
def mock(running: MockServer, request: pytest.FixtureRequest) -> MockServer:
    return running.namespace(f"key-of-{request.node.name}")


def ask(mock: MockServer, body: Any, path: str = "/chat/completions") -> RecordedExchange:
    headers = {"authorization": f"Bearer {mock.key}", "x-trace": "t1"}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(mock.urls.openai + path, data, headers)) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        error.close()
    return mock.exchanges[-1]


def chat(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-5.5", "messages": list(messages), **more}


USER = {"role": "user", "content": "Weather in Paris?"}


def test_the_request_is_told_in_neutral_words(mock: MockServer) -> None:
    mock.reply("Sunny.")

    asked = ask(mock, chat({"role": "system", "content": "Be brief."}, USER, tools=[TOOL], max_tokens=9))

    assert (asked.protocol, asked.model, asked.user) == ("openai.chat", "gpt-5.5", "Weather in Paris?")
    assert (asked.system, asked.stream, asked.max_tokens) == ("Be brief.", False, 9)
    assert [tool.name for tool in asked.tools] == ["get_weather"]
    assert [message.role for message in asked.messages] == ["user"]
    assert asked.json["messages"][0]["content"] == "Be brief."


def test_tool_results_are_told_by_the_name_of_the_tool(mock: MockServer) -> None:
    mock.reply("18 degrees.")
    result = {"role": "tool", "tool_call_id": "call_1", "content": '{"temp": 18}'}

    asked = ask(mock, chat(USER, {"role": "assistant", "content": None, "tool_calls": [CALL]}, result))

    assert asked.tool_results == {"get_weather": {"temp": 18}}


def test_keys_are_not_shown_but_for_their_last_letters(mock: MockServer) -> None:
    mock.reply("Hi")

    headers = ask(mock, chat(USER)).headers

    assert headers["authorization"] == f"Bearer …{mock.key[-4:]}"
    assert headers["x-trace"] == "t1"


def test_a_short_key_is_not_shown_at_all(running: MockServer) -> None:
    short = running.namespace("k1")
    short.reply("Hi")

    assert ask(short, chat(USER)).headers["authorization"] == "Bearer …"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("authorization", "sk-first-key", "…-key"),
        ("authorization", "Bearer sk-first-key,Bearer sk-second-key", "Bearer …-key"),
        ("authorization", "sk-first-key,Bearer sk-second-key", "…-key"),
        ("x-api-key", "sk-first key-second", "…cond"),
        ("cookie", "session=a-secret; theme=dark", "…dark"),
    ],
)
def test_of_a_secret_of_several_parts_no_other_letters_are_shown(name: str, value: str, shown: str) -> None:
    exchange = RecordedExchange(Entry(Http("POST", "/", {name: value}), "openai.chat"))

    assert exchange.headers[name] == shown


def test_what_answered_is_told_with_turn_and_attempt(mock: MockServer) -> None:
    mock.script({"scenario": "busy", "attempts": [{"error": "overloaded"}, {"reply": "Here."}]})

    first, second = ask(mock, chat(USER)), ask(mock, chat(USER))

    assert (first.scenario, first.turn, first.attempt, first.status) == ("busy", 1, 1, 503)
    assert (second.scenario, second.turn, second.attempt, second.status) == ("busy", 1, 2, 200)
    assert first.failure
    assert first.failure.kind == "overloaded"
    assert second.answered_by == "busy/1#2"


def test_what_no_scenario_answered_tells_why_each_did_not(mock: MockServer) -> None:
    mock.script("scenario: other\nmatch: {user: Time}\nreply: Noon")

    asked = ask(mock, chat(USER))

    assert (asked.scenario, asked.turn, asked.attempt, asked.status) == ("", None, None, 404)
    assert [miss.scenario.name for miss in asked.misses][:1] == ["other"]


def test_what_a_scenario_answered_tells_why_those_before_it_did_not(mock: MockServer) -> None:
    mock.script("scenario: other\nmatch: {user: Time}\nreply: Noon")
    mock.script("scenario: mine\nreply: Hi")
    mock.script("scenario: later\nmatch: {user: Never}\nreply: No")

    (miss,) = ask(mock, chat(USER)).misses

    assert miss.scenario.name == "other"
    assert miss.reasons == ('user: wanted text containing "Time", got "Weather in Paris?"',)


def test_what_was_refused_before_it_was_read_has_no_words_but_its_bytes(mock: MockServer) -> None:
    asked = ask(mock, b"{nonsense")

    assert asked.refused
    assert (asked.user, asked.messages, asked.json, asked.http.body) == ("", (), None, b"{nonsense")
    assert mock.requests == []


def test_what_went_wrong_on_purpose_is_told(mock: MockServer) -> None:
    mock.reply("One two three four")
    mock.fault("cut-mid-stream")

    asked = ask(mock, chat(USER, stream=True))

    assert (asked.outcome, asked.faults) == ("faulted", ("cut-mid-stream",))
    assert asked.sent == sum(step.kind == "send" for step in asked.timing)


def test_it_shows_itself_in_one_line(mock: MockServer) -> None:
    mock.reply("Hi")

    assert repr(ask(mock, chat(USER))) == ("<openai.chat 'Weather in Paris?' -> reply-1/1 (200 complete)>")
    assert repr(ask(mock, b"{")) == "<openai.chat POST /v1/chat/completions -> malformed_json (400 complete)>"
