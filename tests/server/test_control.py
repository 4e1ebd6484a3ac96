"""The pages that set up a key and verify what came of it: each, and how each refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from conftest import ToyClient
from server.controlling import SERVED, ask, done, listed, post, refusal

from mockserver.conversation import Http
from mockserver.server.control import LARGEST_SCRIPT, MOST_SCENARIOS
from mockserver.server.control_bodies import ControlError
from mockserver.server.pages import control_answer

Made = Callable[..., ToyClient]


@pytest.fixture
def mock(client: Made) -> ToyClient:
    return client(SERVED)


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
