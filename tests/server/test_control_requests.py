"""The page that tells what was asked and how it was answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import ToyClient
from server.controlling import SERVED, ask, done, listed, refusal

from mockserver.conversation import Http
from mockserver.playback.steps import plain
from mockserver.server.control_bodies import ExchangeBody


@pytest.fixture
def mock(client: Callable[..., ToyClient]) -> ToyClient:
    return client(SERVED)


def test_an_exchange_is_told_as_it_is_described(mock: ToyClient) -> None:
    done(mock, "hello", headers={"authorization": "Bearer sk-very-secret-key", "x-trace": "1"})

    (told,) = ask(mock, "GET", "requests")[1]["requests"]

    ExchangeBody.model_validate(told)
    assert (told["number"], told["change"], told["path"], told["protocol"]) == (1, 2, "/toy", "toy")
    assert told["body"] == {"say": "hello"}
    assert told["headers"] == {"authorization": "Bearer …-key", "x-trace": "1"}
    assert told["messages"] == [{"role": "user", "parts": [{"text": "hello"}]}]
    assert (told["scenario"], told["turn"], told["attempt"], told["outcome"]) == ("hello", 1, 1, "complete")
    assert told["steps"] == [{"kind": "whole", "due": 0.0, "done": 0.25, "size": 29}]
    assert told["unmet"] == []


def test_no_key_is_told_in_full(mock: ToyClient) -> None:
    done(mock, "hello", key="sk-very-secret-key", headers={"x-api-key": "sk-very-secret-key"})

    assert "very-secret" not in str(ask(mock, "GET", "requests", key="*"))


@pytest.mark.parametrize("header", ["x-mock-token", "api-key", "cookie", "x-goog-api-key"])
def test_no_secret_is_told_in_full(mock: ToyClient, header: str) -> None:
    done(mock, "hello", headers={header: "a-very-secret-word"})

    assert "very-secret" not in str(ask(mock, "GET", "requests"))


def test_what_no_scenario_answers_tells_why_each_did_not(mock: ToyClient) -> None:
    done(mock, "bye")

    (told,) = ask(mock, "GET", "requests")[1]["requests"]

    assert told["scenario"] is None
    assert [miss["scenario"] for miss in told["misses"]] == ["hello", "careful"]
    assert told["misses"][0]["reasons"] == ['user: wanted text containing "hello", got "bye"']
    assert [unmet["kind"] for unmet in told["unmet"]] == ["unmatched"]


def test_each_key_sees_its_own_requests_and_all_only_who_asks_for_all(mock: ToyClient) -> None:
    done(mock, "hello")
    done(mock, "bye", key="other")

    assert listed(mock) == ["hello"]
    assert listed(mock, key="other") == ["bye"]
    assert listed(mock, key="*") == ["hello", "bye"]
    assert listed(mock, key="nobody") == []


def test_the_key_that_is_sent_is_meant_where_the_query_names_none(mock: ToyClient) -> None:
    done(mock, "hello", key="other")

    assert listed(mock, sent="other") == ["hello"]
    assert listed(mock, sent="other", key="k") == []
    assert ask(mock, "PUT", "settings", b'{"speed": 3}', key="third")[1]["speed"] == 3
    assert [ask(mock, "GET", "settings", key=key)[1]["speed"] for key in ("third", "other")] == [3, 1]


def test_requests_can_be_chosen_by_scenario_outcome_and_protocol(mock: ToyClient) -> None:
    done(mock, "hello")
    mock.exchange("bye")

    assert listed(mock, scenario="hello") == ["hello"]
    assert listed(mock, outcome="open") == ["bye"]
    assert listed(mock, protocol="toy") == ["hello", "bye"]
    assert listed(mock, protocol="to") == []


def test_the_latest_are_told_or_the_first_behind_a_change(mock: ToyClient) -> None:
    for say in ("a", "b", "c"):
        done(mock, say)

    assert listed(mock, limit="2") == ["b", "c"]
    assert listed(mock, limit="2", since="0") == ["a", "b"]
    assert listed(mock, since="4") == ["c"]


def test_asking_behind_the_latest_misses_nothing(mock: ToyClient) -> None:
    running = mock.exchange("hello")
    _, before = ask(mock, "GET", "requests")
    mock.journal.close(running.entry)

    _, after = ask(mock, "GET", "requests", since=str(before["latest"]))

    assert [each["number"] for each in after["requests"]] == [1]
    assert ask(mock, "GET", "requests", since=str(after["latest"]))[1]["requests"] == []


def test_behind_what_another_server_told_all_is_new(mock: ToyClient) -> None:
    done(mock, "hello")

    assert listed(mock, since="2") == []
    assert listed(mock, since="3") == ["hello"]


def test_what_is_listed_page_by_page_is_listed_once(mock: ToyClient) -> None:
    for say in ("a", "b", "c", "d", "e"):
        done(mock, say)

    seen, since = [], 0
    for _ in range(3):
        _, told = ask(mock, "GET", "requests", since=str(since), limit="2")
        seen += [each["user"] for each in told["requests"]]
        since = told["latest"]

    assert seen == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": "0"}, "`limit` cannot be '0': it is a whole number from 1 to 1000."),
        ({"limit": "many"}, "`limit` cannot be 'many': it is a whole number from 1 to 1000."),
        ({"since": "-1"}, "`since` cannot be '-1': it is a whole number from 0 to"),
        ({"since": "9" * 5000}, "`since` cannot be '999"),
        ({"wait": "soon"}, "`wait` cannot be 'soon': it is from 0 to 60 seconds."),
        ({"wait": "61"}, "`wait` cannot be '61': it is from 0 to 60 seconds."),
        ({"wait": "nan"}, "`wait` cannot be 'nan': it is from 0 to 60 seconds."),
        ({"outcome": "completed"}, "There is no outcome 'completed': did you mean `complete`?"),
        ({"scenaro": "x"}, "There is no parameter 'scenaro': did you mean `scenario`?"),
    ],
)
def test_what_cannot_be_asked_is_told(mock: ToyClient, query: dict[str, str], message: str) -> None:
    status, told = refusal(mock, "GET", "requests", b"", **query)

    assert (status, told[: len(message)]) == (400, message)


def test_requests_can_be_forgotten_and_those_of_others_stay(mock: ToyClient) -> None:
    done(mock, "hello")
    done(mock, "hello", key="other")

    assert ask(mock, "DELETE", "requests") == (200, {"forgotten": 1})
    assert (listed(mock), listed(mock, key="other")) == ([], ["hello"])


def test_thousands_of_steps_are_counted_behind_the_first(mock: ToyClient) -> None:
    exchange = mock.exchange("hello")
    (step,) = plain(exchange.steps)
    for _ in range(1_500):
        exchange.entry.steps.note(step, 0)

    (told,) = ask(mock, "GET", "requests")[1]["requests"]

    assert (len(told["steps"]), told["more_steps"]) == (1_000, 500)


def test_a_body_that_is_no_json_is_told_as_text(mock: ToyClient) -> None:
    mock.service.respond(Http("POST", "/toy", body=b"\xff{nonsense", key="k"))

    (told,) = ask(mock, "GET", "requests")[1]["requests"]

    assert (told["body"], told["to_model"], told["messages"]) == ("�{nonsense", False, [])
