"""The page that people start from holds what it promises: every fenced snippet of README.md runs here as it
stands, but for the port, and its tables name what there is.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import IncompleteRead
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest
import yaml
from node.running import run_node
from patience import HANG
from ports import free_port
from readme import COMMANDS, README, ROOT, SNIPPETS, section

from mockserver.assembly import builtin_folder
from mockserver.cli import serve
from mockserver.conversation import ERROR_KINDS
from mockserver.journal.verification import UNMET_KINDS
from mockserver.pytest_plugin import INI_OPTIONS
from mockserver.runner import MockServer
from mockserver.scenario.read_faults import ACTS

BIN = Path(sys.executable).parent
DIRECTLY = build_opener(ProxyHandler({}))
GREETING = "Hello! How can I help you today?"
INSTALLATION = 300.0
"""Seconds until a server must answer that has to be installed first."""
FIRST_SCENARIO = next(each.text for each in SNIPPETS if each.kind == "scenario")
"""The six lines that the first test names `weather.yaml`."""


def snippets(kind: str) -> pytest.MarkDecorator:
    found = [pytest.param(each.text, id=f"line {each.line}") for each in SNIPPETS if each.kind == kind]
    return pytest.mark.parametrize("snippet", found)


def commands(kind: str) -> pytest.MarkDecorator:
    found = [
        pytest.param(each.text, id=f"line {each.line}, {each.text[:40]}")
        for each in COMMANDS
        if each.kind == kind
    ]
    return pytest.mark.parametrize("command", found)


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    """What `mockserver` serves when it is told nothing."""
    with MockServer(builtin_folder(), unmatched="auto", speed=0) as running:
        yield running


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this checkout, as one gets it, and in it the folder that the page calls `my-scenarios`."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".*", "__pycache__", "node_modules"))
    (folder / "my-scenarios").mkdir()
    for snippet in SNIPPETS:
        if snippet.kind == "scenario":
            (folder / "my-scenarios" / f"{snippet.line}.yaml").write_text(snippet.text, encoding="utf-8")
    return folder


def test_every_snippet_is_run_by_a_test_of_this_file() -> None:
    kinds = {*((each.line, each.kind) for each in SNIPPETS), *((each.line, each.kind) for each in COMMANDS)}

    assert README.count("```") == 2 * len(SNIPPETS)
    assert COMMANDS
    assert [line for line, kind in kinds if not kind] == []


# ----------------------------------------------------------------------------------------------- clients


@snippets("python client")
def test_python_clients_are_answered(snippet: str, server: MockServer, tmp_path: Path) -> None:
    output = run([sys.executable, "-c", pointed_at(server, snippet)], tmp_path)

    assert output.splitlines() == [GREETING] * 3


@snippets("node client")
def test_node_clients_are_answered(snippet: str, server: MockServer) -> None:
    done = run_node("--input-type=module", "--eval", pointed_at(server, snippet))

    assert done.stdout.splitlines() == [GREETING] * 3


@snippets("node test")
def test_files_for_node_are_those_that_are_run_as_tests(snippet: str) -> None:
    name = snippet.removeprefix("// ").partition(":")[0]

    assert snippet == (ROOT / "tests" / "node" / name).read_text(encoding="utf-8")


@commands("curl")
def test_curl_is_answered(command: str, server: MockServer, tmp_path: Path) -> None:
    answer = run(
        [*shlex.split(pointed_at(server, command)), "--silent", "--show-error", "--fail-with-body"], tmp_path
    )

    assert "Hello" in answer


def pointed_at(server: MockServer, snippet: str) -> str:
    return snippet.replace("http://localhost:8000", server.url)


# ------------------------------------------------------------------------------------------------- tests


@snippets("pytest")
def test_the_test_with_the_fixture_passes(snippet: str, tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "weather.yaml").write_text(FIRST_SCENARIO, encoding="utf-8")
    (tmp_path / "test_snippet.py").write_text(snippet, encoding="utf-8")
    protocols = 4 if "mockserver_client" in snippet else 1

    output = run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider"], tmp_path)

    assert f"{protocols * snippet.count('def test_')} passed" in output


@snippets("python script")
def test_the_script_without_pytest_runs(snippet: str, tmp_path: Path) -> None:
    assert run([sys.executable, "-c", snippet], tmp_path) == ""


@snippets("compose")
def test_the_compose_file_says_what_the_page_shows(snippet: str) -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

    for name, shown in yaml.safe_load(snippet)["services"].items():
        assert services[name] | shown == services[name]


# --------------------------------------------------------------------------------------------- scenarios


@snippets("scenario")
def test_the_scenario_plays(snippet: str, server: MockServer) -> None:
    view = server.namespace("sk-readme")
    view.script(snippet)
    url = f"{server.urls.openai}/responses"
    tools = [{"type": "function", "name": "get_weather", "parameters": {"type": "object"}}]

    called = ask(url, view.key, input="What is the weather in Oslo?", tools=tools)
    call = called["output"][0]
    result = {"type": "function_call_output", "call_id": call["call_id"], "output": '{"temp_c": -3}'}
    answer = ask(url, view.key, input=[result], previous_response_id=called["id"])

    assert call["arguments"] == '{"city":"Oslo"}'
    assert answer["output"][0]["content"][0]["text"] == "It is -3 °C in Oslo."


@snippets("faulty scenario")
def test_the_scenario_goes_wrong_as_told(snippet: str, server: MockServer) -> None:
    view = server.namespace("sk-faulty")
    view.script(snippet)
    url, said = f"{server.urls.openai}/chat/completions", [{"role": "user", "content": "How is the weather?"}]

    with pytest.raises((ConnectionError, IncompleteRead)):
        ask(url, view.key, messages=said)
    answer = ask(url, view.key, messages=said)

    assert view.exchanges[0].faults == ("reset-mid-stream",)
    assert answer["choices"][0]["message"]["content"] == "It is sunny in Oslo."


def ask(url: str, key: str, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = Request(url, json.dumps({"model": "any", **body}).encode(), headers)
    with DIRECTLY.open(request, timeout=HANG) as answer:
        return json.load(answer)


# ---------------------------------------------------------------------------------------------- commands


@commands("tool")
def test_a_command_of_the_tool_succeeds(command: str, checkout: Path) -> None:
    assert run(["bash", "-c", command], checkout)


@commands("server")
def test_the_server_starts_as_told(command: str, checkout: Path) -> None:
    path = own_environment(checkout) / "bin" if command.startswith("pip ") else BIN

    with served(command, checkout, path) as status:
        assert status == 200


def own_environment(folder: Path) -> Path:
    """An environment of one's own, which is lent this one's dependencies: another command installs them."""
    own = folder / "own"
    run([sys.executable, "-m", "venv", str(own)], folder)
    (site,) = own.glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(str(Path(pytest.__file__).parent.parent))
    return own


@commands("uv")
def test_uv_starts_the_server(command: str, checkout: Path) -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]

    assert command.removeprefix("uv run ") in scripts
    if shutil.which("uv"):
        with served(command, checkout, path=BIN) as status:
            assert status == 200


@commands("script")
def test_the_script_that_the_page_names_is_there(command: str) -> None:
    _, script = command.split()

    assert (ROOT / script).read_text().startswith("#!/usr/bin/env python3\n")


def run(command: list[str], folder: Path, path: Path = BIN) -> str:
    """What a command prints that must succeed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(path),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=INSTALLATION,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def environment(path: Path) -> dict[str, str]:
    """This one without settings of the server and of pytest, with the programs in `path` first."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("MOCKSERVER_", "PYTEST_"))
    }
    return kept | {"PATH": os.pathsep.join((str(path), os.environ.get("PATH", os.defpath)))}


@contextmanager
def served(command: str, folder: Path, path: Path) -> Iterator[int]:
    """The health check's status of the server that `command` starts on a free port; stopped in the end."""
    port = free_port("127.0.0.1", "0.0.0.0")
    log = folder / "server.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            ["bash", "-c", command],
            cwd=folder,
            env=environment(path) | {"MOCKSERVER_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield health(process, port, log)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)


def health(process: subprocess.Popen[bytes], port: int, log: Path) -> int:
    until = time.monotonic() + INSTALLATION
    while process.poll() is None and time.monotonic() < until:
        with (
            suppress(OSError),
            DIRECTLY.open(f"http://127.0.0.1:{port}/_mock/health", timeout=HANG) as answer,
        ):
            return int(answer.status)
        time.sleep(0.05)
    pytest.fail(f"It does not serve:\n{log.read_text(encoding='utf-8')}", pytrace=False)


# ------------------------------------------------------------------------------------------------ tables


def test_all_that_can_be_done_to_an_answer_is_told() -> None:
    table = README.partition("| what is done | |\n|---|---|\n")[2].partition("\n\n")[0]

    first = [row.split(" | ")[0] for row in table.splitlines()]
    told = {re.sub(r":.*", "", name) for cell in first for name in re.findall(r"`(.+?)`", cell)}
    assert told == set(ACTS)


def test_the_base_urls_and_variables_are_those_of_the_server(server: MockServer) -> None:
    row = r"^\| (\w+) \| `(http://localhost:8000\S*)` \| `(\w+)`, `(\w+)` \|$"

    told = {
        variable: value
        for _, url, base_url, key in re.findall(row, README, re.MULTILINE)
        for variable, value in ((base_url, pointed_at(server, url)), (key, server.key))
    }

    assert told == server.env


def test_the_settings_are_the_options_of_the_command_line() -> None:
    told = re.findall(r"--[a-z][a-z-]*", README.partition("## Settings")[2].partition("##")[0])
    options = {name for parameter in serve.params for name in parameter.opts if name.startswith("--")}

    assert set(told) == options


def test_the_kinds_of_errors_are_all_there_are() -> None:
    (row,) = re.findall(r"^\| `error` \|.*kinds: (.*) \|$", README, re.MULTILINE)

    assert re.findall(r"`(\w+)`", row) == list(ERROR_KINDS)


def test_the_files_that_are_linked_are_there() -> None:
    files = re.findall(r"\]\((?!http)([^)#]+)", README)

    assert files
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_the_kinds_that_fail_a_test_are_all_there_are() -> None:
    told = re.findall(r"^\| `(\w+)` \| (?!as)", section("Tests"), re.MULTILINE)

    assert told == list(UNMET_KINDS)


def test_the_options_of_a_test_are_those_of_marker_and_ini_file(pytestconfig: pytest.Config) -> None:
    told = section("Tests")
    registered = next(line for line in pytestconfig.getini("markers") if line.startswith("mockserver("))
    ini = re.findall(r"\| `(mockserver_\w+)` \|", told)

    assert re.findall(r"^\| `(\w+=)", told, re.MULTILINE) == re.findall(r"\w+=", registered)
    assert {f"mockserver_{name}" for name in INI_OPTIONS} == set(ini)
