"""The pages that set up a key and tell what came of it: each, and how each refuses."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent
from typing import Any

import orjson
import pytest
from conftest import ToyClient

from mockserver.conversation import Http
from mockserver.server.control import LARGEST_SCRIPT, MOST_SCENARIOS
from mockserver.server.control_bodies import ControlError, ExchangeBody
from mockserver.server.pages import control_answer

Made = Callable[..., ToyClient]

SERVED = """
    scenario: hello
    match: {user: hello}
    reply: Hello!
    ---
    scenario: careful
    match: {user: careful}
    expect: {system: Be careful}
    reply: I am.
"""


@pytest.fixture
def mock(client: Made) -> ToyClient:
    return client(SERVED)


def ask(
    mock: ToyClient, method: str, page: str, body: bytes = b"", *, sent: str = "k", **query: str
) -> tuple[int, Any]:
    content = {"content-type": query.pop("content", "application/json")}
    http = Http(method, f"/_mock/{page}", headers=content, query=query, body=body, key=sent)
    answer = control_answer(http, mock.service)
    return answer.status, orjson.loads(answer.body)


def refusal(mock: ToyClient, method: str, page: str, body: bytes = b"", **query: str) -> tuple[int, str]:
    status, told = ask(mock, method, page, body, **query)
    ControlError.model_validate(told)
    return status, told["error"]["message"]


def done(mock: ToyClient, say: str, key: str = "k", **more: Any) -> None:
    """Ask, and let the answer leave."""
    exchange = mock.exchange(say, key=key, **more)
    for step in exchange.steps:
        exchange.entry.steps.note(step, 0.25)
    exchange.entry.status = 200
    exchange.entry.outcome = "complete"
    mock.journal.close(exchange.entry)


# ------------------------------------------------------------------------------------------- requests


def listed(mock: ToyClient, member: str = "user", **query: str) -> list[Any]:
    status, told = ask(mock, "GET", "requests", b"", **query)
    assert status == 200, told
    return [each[member] for each in told["requests"]]


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
    (step,) = exchange.steps
    for _ in range(1_500):
        exchange.entry.steps.note(step, 0)

    (told,) = ask(mock, "GET", "requests")[1]["requests"]

    assert (len(told["steps"]), told["more_steps"]) == (1_000, 500)


def test_a_body_that_is_no_json_is_told_as_text(mock: ToyClient) -> None:
    mock.service.respond(Http("POST", "/toy", body=b"\xff{nonsense", key="k"))

    (told,) = ask(mock, "GET", "requests")[1]["requests"]

    assert (told["body"], told["to_model"], told["messages"]) == ("�{nonsense", False, [])


# --------------------------------------------------------------------------------------------- verify


def test_all_is_well_where_all_went_as_scripted(mock: ToyClient) -> None:
    done(mock, "hello")

    assert ask(mock, "GET", "verify") == (200, {"unmet": []})


def test_everything_unmet_is_told_at_once_with_its_place(mock: ToyClient) -> None:
    mock.steps("bye")
    mock.steps("careful")
    post(mock, "scenario: never\nreply: x\nmatch: {user: never}")

    status, told = ask(mock, "GET", "verify")

    ControlError.model_validate(told)
    assert status == 409
    assert [(each["kind"], each["place"]) for each in told["unmet"]] == [
        ("unmatched", None),
        ("expectation", "test.yaml:8:18"),
        ("unplayed", "posted:1:1"),
    ]
    assert told["error"]["message"].count("\n- ") == 3


def test_kinds_can_be_left_out(mock: ToyClient) -> None:
    mock.steps("bye")
    mock.steps("careful")

    assert ask(mock, "GET", "verify", ignore="unmatched, expectation") == (200, {"unmet": []})
    assert ask(mock, "GET", "verify", ignore="unmatched")[0] == 409
    assert refusal(mock, "GET", "verify", ignore="unmached") == (
        400,
        "Nothing is unmet of kind 'unmached': did you mean `unmatched`?",
    )


def test_each_key_is_verified_alone_or_all_at_once(mock: ToyClient) -> None:
    mock.steps("bye", key="other")
    ask(mock, "POST", "scenarios", b"scenario: never\nreply: x", key="third", content="text/yaml")

    assert ask(mock, "GET", "verify")[0] == 200
    _, told = ask(mock, "GET", "verify", key="*")
    assert [each["kind"] for each in told["unmet"]] == ["unmatched", "unplayed"]


# ------------------------------------------------------------------------------------------ scenarios


def post(mock: ToyClient, text: str, **query: str) -> tuple[int, Any]:
    return ask(mock, "POST", "scenarios", dedent(text).encode(), **{"content": "text/yaml", **query})


def test_scenarios_are_posted_as_yaml_for_one_key(mock: ToyClient) -> None:
    told = post(mock, "scenario: a\nmatch: {user: one}\nreply: First.\n---\nscenario: b\nreply: Second.")

    assert told == (201, {"scenarios": ["a", "b"]})
    assert [mock.ask("one"), mock.ask("two")] == [
        "<text>First.</text>\nstop 5+2\n",
        "<text>Second.</text>\nstop 5+2\n",
    ]
    assert mock.status("one", key="other") == 404


def test_a_scenario_is_posted_as_json(mock: ToyClient) -> None:
    body = orjson.dumps({"scenario": "smile", "match": {"user": "yes"}, "reply": ["yes", {"text": " 😀 no"}]})

    assert ask(mock, "POST", "scenarios", body) == (201, {"scenarios": ["smile"]})
    assert "😀 no" in mock.ask("yes")


def test_problems_are_told_in_the_picture_of_the_command_line(mock: ToyClient) -> None:
    status, told = post(mock, "scenario: s\nreplly: Hi\nafter: never")

    ControlError.model_validate(told)
    assert status == 422
    assert (
        " --> posted:2:1\n  |\n2 | replly: Hi\n  | ^\n  = did you mean `reply`?" in told["error"]["message"]
    )
    assert told["problems"][0]["line"] == 2
    assert len(told["problems"]) > 1
    assert ask(mock, "GET", "scenarios")[1]["own"] == []


@pytest.mark.parametrize("image", ["../secret.png", "/etc/passwd.png", "hello.png"])
def test_what_is_posted_reads_no_file(
    mock: ToyClient, image: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hello.png").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)

    status, told = post(mock, f"scenario: s\nreply: [{{image: {image}}}]")

    assert status == 422
    assert told["problems"][0]["what"] == "`image`: only a scenario in a file can name a picture file"


@pytest.mark.parametrize("how", ["include", "import", "extends"])
def test_what_is_posted_includes_no_file(mock: ToyClient, how: str, tmp_path: Any) -> None:
    (tmp_path / "file").write_text("secret")
    target = "x" if how == "import" else ""
    post(mock, f"scenario: s\nreply: \"{{% {how} '{tmp_path}/file' {target and 'as x'} %}}\"")

    assert "secret" not in mock.ask("anything")


@pytest.mark.parametrize(
    ("body", "content", "status", "message"),
    [
        (b"\xff", "text/yaml", 400, "The body is not UTF-8: invalid start byte at byte 0."),
        (b"{", "application/json", 400, "The body is not JSON: "),
        (b"[" * 1000 + b"]" * 1000, "application/json", 400, "The body is nested too deeply."),
        (b"", "text/yaml", 422, "error: there is no scenario in this file"),
        (b'"hi"', "application/json", 422, "error: "),
        (b"#" * (LARGEST_SCRIPT + 1), "text/yaml", 413, "Scenarios are posted in at most 1,048,576 bytes"),
    ],
)
def test_a_body_that_is_no_scenario_is_refused(
    mock: ToyClient, body: bytes, content: str, status: int, message: str
) -> None:
    told = refusal(mock, "POST", "scenarios", body, content=content)

    assert (told[0], told[1][: len(message)]) == (status, message)


def test_a_key_has_only_so_many_scenarios(mock: ToyClient) -> None:
    many = "\n---\n".join(f"scenario: s{number}\nreply: x" for number in range(MOST_SCENARIOS))

    assert post(mock, many)[0] == 201
    assert post(mock, "scenario: more\nreply: x")[0] == 409
    assert post(mock, "scenario: more\nreply: x", key="other")[0] == 201


def test_the_scenarios_of_a_key_are_listed_beside_those_of_all(mock: ToyClient) -> None:
    post(mock, "scenario: mine\ndescription: My own.\nreply: x")

    _, told = ask(mock, "GET", "scenarios")

    assert told["own"] == [{"name": "mine", "description": "My own.", "place": "posted:1:1", "turns": 1}]
    assert [each["name"] for each in told["served"]] == ["hello", "careful"]
    assert told["playing"] is None


def test_scenarios_are_deleted_by_name_or_all(mock: ToyClient) -> None:
    post(mock, "scenario: a\nreply: x\n---\nscenario: b\nreply: x\n---\nscenario: c\nreply: x")

    assert ask(mock, "DELETE", "scenarios", name="b") == (200, {"deleted": ["b"]})
    assert refusal(mock, "DELETE", "scenarios", name="hello")[0] == 404
    assert ask(mock, "DELETE", "scenarios") == (200, {"deleted": ["a", "c"]})


# --------------------------------------------------------------------------------------- play, reset


def test_a_scenario_is_played_whatever_is_asked_and_then_no_more(mock: ToyClient) -> None:
    playing = ask(mock, "POST", "play", b'{"scenario": "hello"}')
    said = mock.ask("anything")
    stopped = ask(mock, "POST", "play", b'{"scenario": null}')

    assert (playing, stopped) == ((200, {"playing": "hello"}), (200, {"playing": None}))
    assert said.startswith("<text>Hello!")
    assert mock.status("anything") == 404


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b'{"scenario": "helo"}', 404, "There is no scenario 'helo': did you mean `hello`?"),
        (b'{"scenario": 1}', 400, "`scenario` is the name of a scenario, or null"),
        (b'{"scenario": ""}', 400, "`scenario` is the name of a scenario, or null"),
        (b"{}", 400, "`scenario` is the name of a scenario, or null"),
        (b'{"name": "hello"}', 400, 'There is no member "name". There is scenario.'),
        (b'["hello"]', 400, 'The body is a JSON object, such as {"scenario": "hello"}.'),
        (b"hello", 400, "The body is not JSON: "),
    ],
)
def test_what_cannot_be_played_is_told(mock: ToyClient, body: bytes, status: int, message: str) -> None:
    told = refusal(mock, "POST", "play", body)

    assert (told[0], told[1][: len(message)]) == (status, message)


def test_a_key_is_reset_alone(mock: ToyClient) -> None:
    for key in ("k", "other"):
        post(mock, "scenario: mine\nreply: x", key=key)
        mock.steps("x", key=key)

    assert ask(mock, "POST", "reset") == (200, {"status": "ok"})
    assert (listed(mock), mock.status("x")) == ([], 404)
    assert (listed(mock, key="other"), mock.status("x", key="other")) == (["x"], 200)


# ---------------------------------------------------------------------------------------------- keys

OF_ONE_KEY = [
    ("DELETE", "requests"),
    ("GET", "scenarios"),
    ("POST", "scenarios"),
    ("DELETE", "scenarios"),
    ("POST", "play"),
    ("POST", "reset"),
    ("PUT", "settings"),
]


@pytest.mark.parametrize(("method", "page"), [*OF_ONE_KEY, ("GET", "requests"), ("GET", "verify")])
def test_without_a_key_nothing_is_meant(mock: ToyClient, method: str, page: str) -> None:
    status, told = refusal(mock, method, page, b"{}", sent="")

    assert (status, told) == (
        400,
        "This is about the requests with one key. Send the key as they send it, or as `?key=`.",
    )


@pytest.mark.parametrize(("method", "page"), OF_ONE_KEY)
def test_what_is_of_one_key_is_not_of_all(mock: ToyClient, method: str, page: str) -> None:
    assert refusal(mock, method, page, b"{}", key="*")[0] == 400


def test_where_no_key_is_needed_none_is_asked_for(client: Made) -> None:
    mock = client("scenario: s\nreply: Hi", auth="off")
    mock.steps("x", key="")

    assert listed(mock, sent="") == ["x"]


@pytest.mark.parametrize("page", ["requests", "scenarios", "play", "reset", "verify", "events"])
def test_other_methods_are_refused_with_those_there_are(mock: ToyClient, page: str) -> None:
    answer = control_answer(Http("PATCH", f"/_mock/{page}", key="k"), mock.service)

    assert answer.status == 405
    assert dict(answer.headers)["allow"]
