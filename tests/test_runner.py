"""A server in a background thread, asked by plain HTTP."""

from __future__ import annotations

import json
import os
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from patience import HANG
from ports import free_port
from pytest_aiohttp.plugin import AiohttpClient

import mockserver
from mockserver import MockServer
from mockserver.assembly import BrokenScenariosError


def chat(server: MockServer, say: str, key: str = "", model: str = "m", **more: object) -> str:
    messages = [{"role": "user", "content": say}]
    body = json.dumps({"model": model, "messages": messages, **more}).encode()
    headers = {"authorization": f"Bearer {key or server.key}"}
    request = urllib.request.Request(f"{server.urls.openai}/chat/completions", body, headers)
    with urllib.request.urlopen(request, timeout=HANG) as answer:
        return str(json.load(answer)["choices"][0]["message"]["content"])


def status(server: MockServer, say: str, **more: object) -> int:
    try:
        chat(server, say, **more)  # type: ignore[arg-type] # members of the body only
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    return 200


@pytest.fixture(scope="module")
def running() -> Iterator[MockServer]:
    with MockServer(speed=0) as server:
        yield server


@pytest.fixture
def server(running: MockServer, request: pytest.FixtureRequest) -> MockServer:
    return running.namespace(f"key-{request.node.name}")


def test_a_server_that_runs_is_not_started_again(running: MockServer) -> None:
    for server in (running, running.namespace("view")):
        with pytest.raises(RuntimeError, match="runs already"):
            server.start()


def test_a_server_that_could_not_start_can_be_started_later() -> None:
    port = free_port("127.0.0.1")
    with MockServer(port=port):
        second = MockServer(port=port)
        with pytest.raises(OSError, match="in use"):
            second.start()

    with second:
        assert status(second, "x") == 404


def test_it_serves_when_entered_and_no_more_when_left() -> None:
    with MockServer() as server:
        server.reply("Hi")
        assert chat(server, "x") == "Hi"

    with pytest.raises(urllib.error.URLError):
        chat(server, "x")


async def test_it_can_be_entered_from_async_code() -> None:
    async with MockServer() as server:
        assert server.url.startswith("http://127.0.0.1:")


async def test_it_can_be_served_by_pytest_aiohttp_in_the_loop_of_the_test(
    aiohttp_client: AiohttpClient,
) -> None:
    mock = MockServer(speed=0)
    mock.reply("Hello!")
    http = await aiohttp_client(mock.create_app())

    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    headers = {"authorization": f"Bearer {mock.key}"}
    answer = await http.post("/v1/chat/completions", json=body, headers=headers)

    assert (await answer.json())["choices"][0]["message"]["content"] == "Hello!"
    assert [request.user for request in mock.requests] == ["Hi"]
    mock.verify()


def test_it_stops_at_once_though_a_stream_is_open() -> None:
    with MockServer() as server:
        server.script("pace: {gap: 1h}\nscenario: s\nreply: one two")
        body = b'{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}'
        request = urllib.request.Request(
            f"{server.urls.openai}/chat/completions", body, {"authorization": "Bearer mock-key"}
        )
        stream = urllib.request.urlopen(request, timeout=HANG)
        stream.readline()
        started = time.monotonic()

    stream.close()
    assert time.monotonic() - started < HANG / 2


def test_a_port_in_use_is_told_to_the_caller() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        MockServer(port=taken.getsockname()[1]).start()


def test_the_built_in_scenarios_are_there_by_name_only(server: MockServer) -> None:
    assert chat(server, "x", model="mock-hello") == "Hello! How can I help you today?"
    assert status(server, "Hello!") == 404


def test_paths_are_served_to_every_key(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("reply: Mine.")

    with MockServer(tmp_path) as server:
        assert [chat(server, "x", key) for key in ("a", "b")] == ["Mine.", "Mine."]


def test_a_scenario_of_one_key_is_not_seen_by_another(server: MockServer, running: MockServer) -> None:
    server.reply("Mine.")

    assert status(server, "x") == 200
    assert status(running.namespace("nobody"), "x") == 404


def test_scenarios_can_be_scripted_as_text_or_values(server: MockServer) -> None:
    server.script("scenario: a\nmatch: {user: one}\nreply: First.")
    server.script({"scenario": "b", "match": {"user": "two"}, "reply": [{"text": "Second."}]})

    assert [chat(server, "one"), chat(server, "two")] == ["First.", "Second."]


def test_scenarios_can_be_loaded_from_files(server: MockServer, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("reply: Mine.")

    server.load(tmp_path)

    assert chat(server, "x") == "Mine."


def test_a_broken_script_is_told_with_its_place(server: MockServer) -> None:
    with pytest.raises(BrokenScenariosError, match="did you mean `reply`"):
        server.script("scenario: s\nreplly: Hi")


def test_errors_can_be_scripted(server: MockServer) -> None:
    server.error({"kind": "overloaded"})

    assert status(server, "x") == 503


def test_a_scenario_can_be_pinned(server: MockServer) -> None:
    server.play("hello")

    assert chat(server, "whatever").startswith("Hello!")


def test_a_file_that_many_keys_load_is_read_again_once_it_has_changed(
    running: MockServer, tmp_path: Path
) -> None:
    file = tmp_path / "one.yaml"
    file.write_text("scenario: one\nreply: Hello!\n")
    first, second, third = (running.namespace(f"loads-{number}") for number in range(3))

    first.load(file)
    second.load(file)
    file.write_text("scenario: one\nreply: Hello again!\n")
    third.load(file)

    answers = [chat(view, "x") for view in (first, second, third)]
    assert answers == ["Hello!", "Hello!", "Hello again!"]


def test_files_with_one_name_in_two_folders_are_two(
    running: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "one.yaml").write_text(f"scenario: one\nreply: {name}\n")
        os.utime(folder / "one.yaml", (0, 0))
        monkeypatch.chdir(folder)
        view = running.namespace(f"in-{name}")
        view.load("one.yaml")
        found.append(chat(view, "x"))

    assert found == ["a", "b"]


def test_a_key_can_be_judged_otherwise_than_all_others(server: MockServer, running: MockServer) -> None:
    other = running.namespace("judged-as-usual")
    for view in (server, other):
        view.reply("Hi")

    server.judge("strict")

    assert status(server, "x", mesages=[]) == 400
    assert status(other, "x", mesages=[]) == 200


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"contract": "stict"}, "`contract` cannot be 'stict': choose from documented, strict, off"),
        ({"profile": "proxy"}, "`profile` cannot be 'proxy': choose from native, gateway"),
        ({"models": "some"}, "`models` cannot be 'some': choose from any, known"),
        ({"unmatched": "fail"}, "`unmatched` cannot be 'fail': choose from auto, error"),
        ({"speed": -1}, "`speed` cannot be -1: it is 0 or more"),
        ({"speed": "fast"}, "`speed` cannot be 'fast': it is 0 or more"),
        (
            {"limits": ["3 requests/40d"]},
            "`limits` cannot hold '3 requests/40d': 31 days are the longest window",
        ),
    ],
)
def test_a_slip_in_a_setting_is_told_with_what_there_is(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        MockServer(**settings)


def test_a_number_is_a_seed_and_a_lone_text_one_of_a_list() -> None:
    with MockServer(seed=7, faults="usage-missing", limits="1 requests/m", more_models="mine") as server:
        server.reply("Hi")
        server.reply("Hi")
        answers = [status(server, "x") for _ in range(2)]

        assert answers == [200, 429]
        assert server.exchanges[0].faults == ("usage-missing",)


def test_a_slip_in_a_mode_leaves_a_key_judged_as_it_was(server: MockServer) -> None:
    server.reply("Hi")
    server.judge("strict")

    with pytest.raises(ValueError, match="`contract` cannot be 'of'"):
        server.judge("of")  # type: ignore[arg-type] # a slip that no type checker has seen

    assert status(server, "x", mesages=[]) == 400


def test_a_key_can_be_answered_where_nothing_matches(server: MockServer, running: MockServer) -> None:
    server.fall_back("auto")

    assert status(server, "x") == 200
    assert status(running.namespace("another-key"), "x") == 404


def test_a_key_can_be_answered_at_another_pace() -> None:
    with MockServer() as slow:
        slow.script({"scenario": "slow", "reply": "At last.", "pace": {"first": "1h"}})

        slow.hasten(0)

        assert chat(slow, "x") == "At last."


@pytest.mark.parametrize("speed", [-1, float("nan"), float("inf")])
def test_a_speed_that_is_none_is_told(server: MockServer, speed: float) -> None:
    with pytest.raises(ValueError, match=r"`speed` cannot be .*: it is 0 or more"):
        server.hasten(speed)


def test_a_slip_in_what_answers_is_told(server: MockServer) -> None:
    with pytest.raises(ValueError, match="`unmatched` cannot be 'fail': choose from auto, error"):
        server.fall_back("fail")  # type: ignore[arg-type] # a slip that no type checker has seen


def test_requests_are_told_in_neutral_words(server: MockServer) -> None:
    server.reply("Hi")

    chat(server, "How are you?")

    (request,) = server.requests
    assert (request.protocol, request.model, request.user) == ("openai.chat", "m", "How are you?")


def test_exchanges_tell_what_answered(server: MockServer) -> None:
    server.reply("Hi")

    chat(server, "x")

    (exchange,) = server.exchanges
    assert (exchange.answered_by, exchange.status, exchange.outcome) == ("reply-1/1", 200, "complete")


def test_verification_tells_everything_that_was_not_as_scripted(server: MockServer) -> None:
    server.script("scenario: s\nmatch: {user: one}\nexpect: {system: brief}\nreply: Hi")
    status(server, "one")
    status(server, "two")

    with pytest.raises(AssertionError) as told:
        server.verify()

    assert 's/1: system: wanted text containing "brief", got ""' in str(told.value)
    assert "No scenario matches this request. Nearest: s" in str(told.value)


def test_a_reset_forgets_scenarios_pins_and_requests(server: MockServer) -> None:
    server.reply("Hi")
    server.play("hello")
    status(server, "x")

    server.reset()

    assert server.requests == []
    assert status(server, "x") == 404


def test_limits_hold_for_each_key_until_it_is_reset() -> None:
    with MockServer(limits=["2 requests/h"], unmatched="auto") as server:
        other = server.namespace("other")

        assert [status(server, "x") for _ in range(3)] == [200, 200, 429]
        assert status(other, "x") == 200
        assert status(server, "x") == status(server, "x") == 200
        server.reset()
        assert status(server, "x") == 200


def test_the_environment_points_the_sdks_here(server: MockServer) -> None:
    assert server.env == {
        "ANTHROPIC_BASE_URL": f"{server.url}/anthropic",
        "ANTHROPIC_API_KEY": server.key,
        "GOOGLE_GEMINI_BASE_URL": server.url,
        "GOOGLE_API_KEY": server.key,
        "OPENAI_BASE_URL": f"{server.url}/v1",
        "OPENAI_API_KEY": server.key,
    }


def test_what_the_package_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = mockserver.nothing_of_the_kind
