"""Edits that a running `mockserver` takes in, with real files, signals and clients."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable
from functools import partial
from http.client import HTTPResponse
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner
from command import Server, Start
from patience import HANG, wait

from mockserver.cli import main

BROKEN = "replly: Hi\n"
RATE = 200
"""Requests in a second."""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A scenario file that is served."""
    path = tmp_path / "greeting.yaml"
    path.write_text("reply: One.\n")
    return path


def said(server: Server) -> str:
    """What is answered, in the OpenAI wire's JSON."""
    return json.dumps(server.chat("Hello!"))


def reload(server: Server) -> None:
    """Send SIGHUP, and wait until it was done."""
    before = server.logged.count("The scenarios ")
    server.process.send_signal(signal.SIGHUP)
    wait(lambda: server.logged.count("The scenarios ") > before)


@pytest.mark.parametrize(("args", "environment"), [(("--reload",), {}), ((), {"MOCKSERVER_RELOAD": "1"})])
def test_an_edit_is_answered_from_as_soon_as_it_is_saved(
    start: Start, scenario: Path, args: tuple[str, ...], environment: dict[str, str]
) -> None:
    server = start(str(scenario.parent), *args, **environment)
    assert "One." in said(server)

    scenario.write_text("reply: Two.\n")

    wait(lambda: "Two." in said(server))
    told = "The scenarios were reloaded: 1 scenario in 1 file, no problems. Changed: greeting."
    wait(lambda: told in server.logged)


def test_a_broken_edit_is_told_as_check_tells_it_and_changes_nothing(start: Start, scenario: Path) -> None:
    server = start(str(scenario.parent), "--reload")
    scenario.write_text(BROKEN)

    checked = CliRunner().invoke(main, ["check", str(scenario.parent)])
    assert "1 problem in 1 file." in checked.stdout
    wait(lambda: checked.stdout in server.logged)
    assert "One." in said(server)

    scenario.write_text("reply: Mended.\n")
    wait(lambda: "Mended." in said(server))


def test_a_scenario_comes_and_goes_with_its_file(start: Start, scenario: Path) -> None:
    server = start(str(scenario.parent), "--reload")
    more = scenario.with_name("another.yaml")

    more.write_text("match: {user: hello}\nreply: Another.\n")
    wait(lambda: "Another." in said(server))
    assert '"another"' in server.get("/_mock/health")

    more.unlink()
    wait(lambda: "One." in said(server))
    assert '"another"' not in server.get("/_mock/health")


def test_an_edit_waits_for_a_signal_where_files_are_not_watched(start: Start, scenario: Path) -> None:
    server = start(str(scenario.parent))
    scenario.write_text("reply: Two.\n")
    time.sleep(0.7)  # longer than from one look to the next
    assert "One." in said(server)

    reload(server)

    assert "Two." in said(server)
    assert server.stop()[0] == 0


def test_a_broken_edit_is_told_at_a_signal_too(start: Start, scenario: Path) -> None:
    server = start(str(scenario.parent))
    scenario.write_text(BROKEN)

    reload(server)

    assert "did you mean `reply`?" in server.logged
    assert "One." in said(server)


def test_a_stream_ends_as_it_began(start: Start, scenario: Path) -> None:
    scenario.write_text("pace: {gap: 500ms}\nreply: one two three four five six seven eight\n")
    server = start(str(scenario.parent))
    with stream(server) as running:
        begun = running.readline()
        scenario.write_text("reply: Two.\n")
        reload(server)
        assert "Two." in said(server)
        rest = running.read()

    assert "eight" in (begun + rest).decode()
    assert rest.endswith(b"data: [DONE]\n\n")


def stream(server: Server) -> HTTPResponse:
    body = b'{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}'
    request = urllib.request.Request(f"{server.url}/v1/chat/completions", body, {"authorization": "Bearer k"})
    answer: HTTPResponse = urllib.request.urlopen(request, timeout=HANG)
    return answer


async def test_under_load_no_request_is_lost_while_scenarios_are_reloaded(
    start: Start, scenario: Path
) -> None:
    server = start(str(scenario.parent), "--log-format", "none", "--auth", "off")
    over = asyncio.Event()
    came: list[str] = []
    asking = asyncio.create_task(ask_until(over, f"{server.url}/v1/chat/completions", came))

    await asyncio.to_thread(edit, server, scenario, range(2, 22), came)
    over.set()
    answers = await asking

    assert {status for status, _ in answers} == {200}
    told = [text for _, text in answers]
    assert "One." in told[0]
    assert "Edition 21." in told[-1]
    editions = [int(text.partition("Edition ")[2].partition(".")[0] or 1) for text in told]
    assert set(editions) == set(range(1, 22))
    assert len(answers) >= RATE


def edit(server: Server, scenario: Path, editions: Iterable[int], came: list[str]) -> None:
    """Make edition after edition, each as soon as the one before was seen among the answers that came."""
    wait(partial(has_come, "One.", came))
    for edition in editions:
        time.sleep(0.05)
        scenario.write_text(f"reply: Edition {edition}.\n")
        reload(server)
        wait(partial(has_come, f"Edition {edition}.", came))


def has_come(reply: str, came: list[str]) -> bool:
    return any(reply in text for text in came[-RATE:])


async def ask_until(over: asyncio.Event, url: str, came: list[str]) -> list[tuple[int, str]]:
    """The answers to that many requests a second, by the order of the requests; `came` has their texts in
    the order in which they came. Every third one streams.
    """

    async def ask(number: int) -> tuple[int, str]:
        body = {"model": "m", "messages": [{"role": "user", "content": "x"}], "stream": number % 3 == 0}
        async with client.post(url, json=body) as answer:
            text = await answer.text()
        came.append(text if number % 3 else streamed(text))
        return answer.status, came[-1]

    begun = time.monotonic()
    async with aiohttp.ClientSession() as client, asyncio.TaskGroup() as group:
        asked: list[asyncio.Task[tuple[int, str]]] = []
        while not over.is_set():
            asked.append(group.create_task(ask(len(asked))))
            await asyncio.sleep(begun + len(asked) / RATE - time.monotonic())
        asked.append(group.create_task(ask(len(asked))))
    return [task.result() for task in asked]


def streamed(text: str) -> str:
    """The text of a stream that is whole."""
    *events, done, _ = text.split("\n\n")
    assert done == "data: [DONE]"
    chunks = [json.loads(event.removeprefix("data: ")) for event in events]
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_whose_terminal_is_closed_stops(workers: str) -> None:
    """Its terminal would not be there to stop it, and its port would stay taken."""
    terminal, inside = pty.openpty()
    # Who leads a session has the terminal that it opens first for its own.
    own = "import os, sys; os.open(os.ttyname(0), os.O_RDWR); os.execv(sys.argv[1], sys.argv[1:])"
    command = [sys.executable, "-c", own, sys.executable, "-m", "mockserver", "--port", "0"]
    command += ["--workers", workers]
    process = subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, start_new_session=True)
    os.close(inside)
    try:
        told = b""
        while b"API:" not in told:
            told += os.read(terminal, 1000)

        os.close(terminal)

        assert process.wait(timeout=HANG) == 0
    finally:
        process.kill()
        process.wait()
