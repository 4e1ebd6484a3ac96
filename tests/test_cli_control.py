"""The commands that ask a running server, and `explain`, which needs none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from command import Start
from patience import HANG
from ports import free_port

from mockserver import MockServer
from mockserver.cli import main
from mockserver.remote import Remote, exchange_lines

WEATHER = """
scenario: weather
match: {user: weather, tools: [get_weather]}
reply: Sunny.
---
scenario: greeting
match: {user: hello}
reply: Hi!
---
scenario: rest
reply: Whatever.
---
scenario: careful
match: by-name
expect: {system: Be careful}
reply: I am.
"""


def run(*args: str, stdin: str = "", **environment: str) -> Result:
    return CliRunner().invoke(main, args, input=stdin, env=environment)


@pytest.fixture(scope="module")
def running() -> Iterator[MockServer]:
    with MockServer(speed=0) as server:
        yield server


@pytest.fixture
def mock(running: MockServer) -> Iterator[MockServer]:
    running.script("scenario: hello\nmatch: {user: hello}\nreply: Hi")
    yield running
    running.reset()


def ask(mock: MockServer, say: str, **more: object) -> None:
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": say}], **more}).encode()
    headers = {"authorization": f"Bearer {mock.key}"}
    request = urllib.request.Request(f"{mock.urls.openai}/chat/completions", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=HANG) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        error.close()


# --------------------------------------------------------------------------------------------- verify


def test_verify_tells_that_all_went_as_scripted(mock: MockServer) -> None:
    ask(mock, "hello")

    done = run("verify", "--url", mock.url)

    assert (done.exit_code, done.output) == (0, "All went as scripted.\n")


def test_verify_lists_all_that_is_unmet_and_fails(mock: MockServer) -> None:
    ask(mock, "bye")

    done = run("verify", "--url", f"{mock.url}/")

    unmatched, unplayed = done.output.splitlines()
    assert done.exit_code == 1
    assert unmatched.startswith("unmatched: No scenario matches this request. Nearest: hello (script:1:1)")
    assert unplayed == "unplayed: hello was never played (script:1:1)"


def test_verify_looks_at_one_key_and_leaves_kinds_out(mock: MockServer) -> None:
    ask(mock, "bye")

    other = run("verify", "--url", mock.url, "--key", "other")
    ignoring = run("verify", "--url", mock.url, "--ignore", "unmatched", "--ignore", "unplayed")

    assert (other.exit_code, ignoring.exit_code) == (0, 0)


def test_a_kind_that_there_is_not_is_told(mock: MockServer) -> None:
    done = run("verify", "--url", mock.url, "--ignore", "unmached")

    assert (done.exit_code, done.output) == (
        2,
        "The server refuses: Nothing is unmet of kind 'unmached': did you mean `unmatched`?\n",
    )


@pytest.mark.parametrize("command", ["verify", "journal"])
def test_where_no_server_is_that_is_told(command: str) -> None:
    port = free_port("127.0.0.1")

    done = run(command, "--url", f"http://127.0.0.1:{port}")

    assert done.exit_code == 2
    assert done.output.startswith(f"No mock server answers at http://127.0.0.1:{port}: ")


@pytest.mark.parametrize("url", ["nonsense", "http://", "ftp:/x"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    done = run("verify", "--url", url)

    assert (done.exit_code, "Traceback" in done.output, done.exception.__class__) == (2, False, SystemExit)


class Stranger(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(404, "Nothing here")

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_another_server_is_no_mock_server() -> None:
    with HTTPServer(("127.0.0.1", 0), Stranger) as other:
        threading.Thread(target=other.handle_request, daemon=True).start()

        done = run("verify", "--url", f"http://127.0.0.1:{other.server_port}")

    assert (done.exit_code, done.output) == (2, "The server refuses: It is no mock server.\n")


# -------------------------------------------------------------------------------------------- journal


def test_the_journal_is_a_line_for_each_exchange(mock: MockServer) -> None:
    ask(mock, "hello", temprature=0)
    ask(mock, "bye\x1b[2J")

    first, finding, second, unmet = run("journal", "--url", mock.url).output.splitlines()

    assert first.split()[1:5] == ["openai.chat", "hello/1", "200", "complete"]
    assert first.endswith("'hello'")
    assert finding.startswith("       unknown: ")
    assert finding.endswith(" at /temprature")
    assert second.split()[1:5] == ["openai.chat", "not_found", "404", "complete"]
    assert second.endswith(r"'bye\x1b[2J'")
    assert unmet.startswith("       unmatched: No scenario matches")


def test_what_went_wrong_on_purpose_and_which_attempt_it_was_is_told(mock: MockServer) -> None:
    mock.reset()
    mock.script({"scenario": "busy", "attempts": [{"error": "overloaded"}, {"reply": "Here."}]})
    ask(mock, "x")
    mock.fault("finish-missing")
    ask(mock, "x", stream=True)

    lines = run("journal", "--url", mock.url).output.splitlines()

    assert [line.split()[2:5] for line in lines[:2]] == [
        ["busy/1", "503", "complete"],
        ["busy/1#2", "200", "faulted"],
    ]
    assert lines[2] == "       faults: finish-missing"


def test_the_journal_of_one_key_is_its_own(mock: MockServer) -> None:
    ask(mock, "hello")

    assert run("journal", "--url", mock.url, "--key", "other").output == ""
    assert run("journal", "--url", mock.url, "--key", mock.key).output.count("\n") == 1


def test_the_journal_is_read_page_by_page(mock: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.remote._PAGE", 2)
    for number in range(5):
        ask(mock, f"hello {number}")

    lines = run("journal", "--url", mock.url).output.splitlines()

    assert [line[-3:-1] for line in lines] == [f" {number}" for number in range(5)]


def test_the_journal_ends_however_busy_the_server_is(mock: MockServer) -> None:
    ask(mock, "hello 0")

    lines: list[str] = []
    for exchange in islice(Remote(mock.url).exchanges(), 3):
        lines += exchange_lines(exchange)
        ask(mock, f"hello {len(lines)}")

    assert [line[-3:-1] for line in lines] == [" 0"]


def test_the_journal_is_followed_until_it_is_interrupted(mock: MockServer) -> None:
    ask(mock, "hello before")
    with subprocess.Popen(
        [sys.executable, "-m", "mockserver", "journal", "--url", mock.url, "--follow"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout
        assert process.stdout.readline().endswith("'hello before'\n")
        ask(mock, "hello again")
        assert process.stdout.readline().endswith("'hello again'\n")

        process.terminate()


# -------------------------------------------------------------------------------------------- explain


@pytest.fixture
def scenarios(tmp_path: Path) -> str:
    (tmp_path / "weather.yaml").write_text(WEATHER)
    return str(tmp_path)


def body(say: str, **more: object) -> str:
    return json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": say}], **more})


def test_explain_tells_which_scenario_answers_and_why_each_other_does_not(scenarios: str) -> None:
    done = run("explain", "-", scenarios, "--protocol", "openai.chat", stdin=body("hello, weather!"))

    file = f"{scenarios}/weather.yaml"
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "openai.chat, model 'gpt-4o', the user says 'hello, weather!'",
        "",
        f"greeting/1 answers ({file}:8:1)",
        f"weather does not ({file}:2:1)",
        "  tools: wanted get_weather, got no tools",
        f"rest does not ({file}:10:1)",
        "  it stands behind greeting",
        f"careful does not ({file}:13:1)",
        "  it is found by name only",
    ]


def test_explain_reads_a_file(scenarios: str, tmp_path: Path) -> None:
    (tmp_path / "request.json").write_text(body("hello"))

    done = run("explain", str(tmp_path / "request.json"), scenarios, "--protocol", "anthropic")

    assert "greeting/1 answers" in done.output


def test_explain_takes_the_path_that_the_request_is_sent_to(scenarios: str) -> None:
    sent = json.dumps({"contents": [{"role": "user", "parts": [{"text": "hello"}]}]})

    done = run("explain", "-", scenarios, "--route", "/v1beta/models/g:streamGenerateContent", stdin=sent)

    assert done.output.startswith("gemini, model 'g', the user says 'hello'")


def test_explain_knows_a_scenario_chosen_by_header(scenarios: str) -> None:
    done = run(
        *("explain", "-", scenarios, "--protocol", "openai.chat", "--header", "X-Mock-Scenario: rest"),
        stdin=body("hello"),
    )

    assert "rest/1 answers" in done.output
    assert "It was chosen by its name." in done.output


def test_explain_tells_what_a_turn_expects(scenarios: str) -> None:
    done = run("explain", "-", scenarios, "--protocol", "openai", stdin=body("x", model="mock-careful"))

    assert done.exit_code == 2

    done = run(
        *("explain", "-", scenarios, "--protocol", "openai.chat", "--header", "x-mock-scenario: careful"),
        stdin=body("x"),
    )
    assert done.exit_code == 1
    assert "but refuses, since it expects system: wanted text containing" in done.output


def test_explain_tells_that_none_answers(tmp_path: Path) -> None:
    (tmp_path / "only.yaml").write_text("match: {user: bye}\nreply: x")

    done = run("explain", "-", str(tmp_path), "--protocol", "openai.chat", stdin=body("hello"))

    assert done.exit_code == 1
    assert "No scenario answers.\nonly does not (" in done.output
    assert '  user: wanted text containing "bye", got "hello"\n' in done.output


@pytest.mark.parametrize(
    "stdin", ["{nonsense", "[]", "", "\udcff".encode(errors="surrogateescape").decode("latin-1")]
)
def test_explain_tells_what_is_refused_before_a_scenario_is_looked_for(scenarios: str, stdin: str) -> None:
    done = run("explain", "-", scenarios, "--protocol", "openai.chat", stdin=stdin)

    assert done.exit_code == 1
    assert done.output.startswith("openai.chat: no scenario is looked for. ")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "The protocol is not told: choose from `anthropic`"),
        (
            ("--protocol", "openai.caht"),
            "There is no protocol 'openai.caht': did you mean `openai.chat`? (or tell the --route)",
        ),
        (("--protocol", "gemini", "--header", "nonsense"), "'nonsense' is no header: write NAME: VALUE"),
    ],
)
def test_explain_tells_what_it_lacks(scenarios: str, args: tuple[str, ...], message: str) -> None:
    done = run("explain", "-", scenarios, *args, stdin=body("hello"))

    assert done.exit_code == 2
    assert message in done.output


def test_explain_tells_problems_of_scenarios(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("replly: x")

    done = run("explain", "-", str(tmp_path), "--protocol", "openai.chat", stdin=body("hello"))

    assert done.exit_code == 2
    assert "did you mean `reply`?" in done.output


# ---------------------------------------------------------------------------------------------- token


def test_with_a_token_only_who_sends_it_is_told(start: Start) -> None:
    url = start("--control-token", "s3cret").url

    without = run("verify", "--url", url)
    wrong = run("verify", "--url", url, "--control-token", "other")
    right = run("verify", "--url", url, MOCKSERVER_CONTROL_TOKEN="s3cret")

    assert (without.exit_code, wrong.exit_code, right.exit_code) == (2, 2, 0)
    assert "This page needs the control token" in without.output
