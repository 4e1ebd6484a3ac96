"""The command line as a user runs it: in a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from command import Start
from patience import HANG

from mockserver.cli import main


def run(*args: str) -> Result:
    return CliRunner().invoke(main, args)


def write(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_without_arguments_it_serves_the_built_in_scenarios(start: Start) -> None:
    server = start()

    assert "http" in server.url
    assert "export OPENAI_BASE_URL=" in server.banner
    assert "rate-limit" in server.banner
    assert json.loads(server.get("/_mock/health"))["status"] == "ok"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_on_a_signal(start: Start, how: signal.Signals) -> None:
    status, logged = start().stop(how)

    assert (status, logged) == (0, "")


def test_a_stream_is_cut_when_the_grace_time_is_over(start: Start, tmp_path: Path) -> None:
    path = write(tmp_path, "slow.yaml", "pace: {gap: 1h}\nreply: one two")
    server = start(path, "--grace", "0.2")
    body = b'{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}'
    request = urllib.request.Request(f"{server.url}/v1/chat/completions", body, {"authorization": "Bearer k"})

    with urllib.request.urlopen(request, timeout=HANG) as stream:
        stream.readline()
        status, logged = server.stop()

    assert status == 0
    assert "Traceback" not in logged


def test_a_stream_may_finish_within_the_grace_time(start: Start, tmp_path: Path) -> None:
    path = write(tmp_path, "slow.yaml", "pace: {gap: 200ms}\nreply: one two three")
    server = start(path, "--grace", "10")
    body = b'{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}'
    request = urllib.request.Request(f"{server.url}/v1/chat/completions", body, {"authorization": "Bearer k"})

    with urllib.request.urlopen(request, timeout=HANG) as stream:
        stream.readline()
        server.process.send_signal(signal.SIGTERM)
        rest = stream.read()

    assert rest.endswith(b"data: [DONE]\n\n")
    assert server.process.wait(timeout=HANG) == 0


def test_a_path_serves_the_scenarios_in_it_and_the_built_in_ones_by_name(
    start: Start, tmp_path: Path
) -> None:
    write(tmp_path, "mine.yaml", "match: {user: hello}\nreply: Mine.")
    server = start(str(tmp_path))

    assert "Mine." in json.dumps(server.chat("hello"))
    assert "How can I help" in json.dumps(server.chat("x", model="mock-hello"))


@pytest.mark.parametrize(
    ("args", "environment"), [(("--no-builtin",), {}), ((), {"MOCKSERVER_NO_BUILTIN": "1"})]
)
def test_the_built_in_scenarios_can_be_left_to_those_who_ask_for_them(
    start: Start, args: tuple[str, ...], environment: dict[str, str]
) -> None:
    server = start("--unmatched", "error", *args, **environment)

    assert json.loads(server.get("/_mock/health"))["scenarios"] == []
    with pytest.raises(urllib.error.HTTPError, match="404"):
        server.chat("Hello!")
    assert "How can I help" in json.dumps(server.chat("Hello!", model="mock-hello"))


def test_every_flag_is_also_a_variable(start: Start, tmp_path: Path) -> None:
    path = write(tmp_path, "mine.yaml", "reply: Mine.")
    server = start(MOCKSERVER_PATHS=path, MOCKSERVER_AUTH_KEY="right wrong", MOCKSERVER_LOG_FORMAT="json")

    server.chat("x", key="right")

    _, logged = server.stop()
    assert json.loads(logged)["scenario"] == "mine/1"


def test_a_program_is_told_in_one_line_where_to_reach_the_server(start: Start) -> None:
    server = start("--log-format", "json")
    told = json.loads(server.banner)

    assert told["url"] == server.url
    assert told["env"]["OPENAI_BASE_URL"] == f"{server.url}/v1"
    assert told["env"]["OPENAI_API_KEY"] == "mock-key"


def test_a_key_that_is_not_accepted_is_refused(start: Start) -> None:
    server = start("--auth-key", "right")

    with pytest.raises(urllib.error.HTTPError) as refused:
        server.chat("x", key="qzxj7w9vKLMN")

    assert refused.value.code == 401
    told = refused.value.read().decode() + server.stop()[1]
    assert [piece for piece in ("qzxj", "7w9v", "KLMN") if piece in told] == []


@pytest.mark.parametrize(
    ("args", "environment"),
    [
        (("--limit", "2 requests/h", "--limit", "900 tokens/m"), {}),
        ((), {"MOCKSERVER_LIMIT": "2 requests/h, 900 tokens/m"}),
    ],
)
def test_limits_are_repeated_or_listed_with_commas(
    start: Start, args: tuple[str, ...], environment: dict[str, str]
) -> None:
    server = start(*args, **environment)
    headers = server.headers("Hello!")

    assert (headers["x-ratelimit-limit-requests"], headers["x-ratelimit-limit-tokens"]) == ("2", "900")
    assert (headers["x-ratelimit-remaining-requests"], headers["x-ratelimit-reset-requests"]) == (
        "1",
        "1h0m0s",
    )


@pytest.mark.parametrize(
    ("args", "environment"),
    [(("--fault", "done-missing"), {}), ((), {"MOCKSERVER_FAULT": "done-missing"})],
)
def test_what_goes_wrong_with_every_answer_is_said_at_the_start(
    start: Start, args: tuple[str, ...], environment: dict[str, str]
) -> None:
    server = start(*args, **environment)

    body = server.stream("Hello!")

    assert body.startswith("data: ")
    assert "[DONE]" not in body


def test_in_real_time_a_client_that_waits_as_told_gets_through(start: Start) -> None:
    server = start("--limit", "1 request/1s", "--clock", "real")

    for _ in range(20):  # who asks so late that nothing refuses it asks again
        try:
            server.chat("Hello!")
        except urllib.error.HTTPError as refused:
            with refused as answer:
                time.sleep(int(answer.headers["retry-after-ms"]) / 1000)
            break
    else:
        raise AssertionError("nothing was refused")

    assert server.chat("Hello!")["object"] == "chat.completion"


def test_in_real_time_a_refused_client_has_to_wait(start: Start) -> None:
    server = start("--limit", "1 request/h", "--clock", "real")
    server.chat("Hello!")

    for _ in range(2):
        with pytest.raises(urllib.error.HTTPError) as refused:
            server.chat("Hello!")
        with refused.value as answer:
            assert 3590 <= int(answer.headers["retry-after"]) <= 3600


def test_a_limit_that_is_none_is_told_with_what_will_do() -> None:
    done = run("--limit", "3 bananas/m")

    assert done.exit_code == 2
    assert "'3 bananas/m' is no limit: write an amount of requests, tokens" in done.output


def test_a_broken_scenario_is_told_and_nothing_is_served(tmp_path: Path) -> None:
    path = write(tmp_path, "broken.yaml", "replly: Hi")

    done = run("serve", path)

    assert done.exit_code == 1
    assert "broken.yaml:1:1" in done.output
    assert "did you mean `reply`?" in done.output


def test_a_port_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("--port", str(taken.getsockname()[1]))

    assert done.exit_code == 1
    assert "Choose another --host or --port." in done.output
    assert "Traceback" not in done.output


def test_check_tells_that_all_is_well(tmp_path: Path) -> None:
    done = run("check", write(tmp_path, "fine.yaml", "reply: Hi"))

    assert (done.exit_code, done.output) == (0, "1 scenario in 1 file, no problems.\n")


def test_check_reports_every_problem(tmp_path: Path) -> None:
    paths = [write(tmp_path, name, "replly: Hi") for name in ("a.yaml", "b.yaml")]

    done = run("check", *paths)

    assert done.exit_code == 1
    assert done.stdout.count("did you mean `reply`?") == 2


def test_check_warns_of_what_no_page_names_and_succeeds(tmp_path: Path) -> None:
    done = run("check", write(tmp_path, "odd.yaml", "reply: [{native: {openai.chat: {feeling: good}}}]"))

    assert done.exit_code == 0
    assert "warning: on openai.chat, /choices/0/message/feeling is not in the documented" in done.stdout
    assert done.stdout.endswith("\n1 scenario in 1 file, no problems, 1 warning.\n")


def test_schema_is_json_schema() -> None:
    done = run("schema")

    assert json.loads(done.output)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_beside_the_built_in_scenarios_is_the_one_that_is_printed() -> None:
    beside = Path(__file__).parent.parent / "scenarios" / "scenario.schema.json"

    assert beside.read_text() == run("schema").output


def test_an_unknown_command_is_taken_for_a_path() -> None:
    done = run("no-such-folder")

    assert done.exit_code == 1
    assert "no-such-folder" in done.output


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_without_a_command_lists_the_commands(flag: str) -> None:
    assert "Commands:" in run(flag).output


def test_the_version_is_told() -> None:
    assert "mockserver, version" in run("--version").output
