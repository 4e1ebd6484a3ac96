"""A server with several workers, as a user starts it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse, IncompleteRead
from pathlib import Path

import pytest
from click.testing import CliRunner
from command import Server, Start
from patience import HANG, wait
from workers.crewed import MANY, ids, kill, stream, workers_of

from mockserver.cli import main

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="several workers need Linux")

BANNER = "mockserver 0"


def health(server: Server) -> dict[str, object]:
    try:
        return dict(json.loads(server.get("/_mock/health")))
    except urllib.error.HTTPError as error:
        with error:
            return dict(json.load(error))


@pytest.mark.parametrize(
    ("args", "environment"), [(("--workers", "2"), {}), ((), {"MOCKSERVER_WORKERS": "2"})]
)
def test_there_are_as_many_workers_as_asked_for_and_each_of_them_answers(
    start: Start, args: tuple[str, ...], environment: dict[str, str]
) -> None:
    server = start(*args, **environment)

    assert len(workers_of(server)) == 2
    assert 1 < len(ids(server)) < MANY


def test_what_is_asked_first_is_answered_with_the_same_bytes_by_one_and_by_several(start: Start) -> None:
    one, several = start(), start("--workers", "2")

    for number in range(MANY):
        assert several.chat(f"Hello {number}!") == one.chat(f"Hello {number}!")


def test_one_worker_is_the_server_itself(start: Start) -> None:
    server = start("--workers", "1")

    assert workers_of(server) == []
    assert len(ids(server)) == MANY
    assert "workers" not in health(server)


def test_there_can_be_one_for_each_core(start: Start) -> None:
    server = start("--workers", "auto")

    cores = len(os.sched_getaffinity(0))
    assert len(workers_of(server)) == (cores if cores > 1 else 0)


def test_a_number_of_workers_that_is_none_is_refused() -> None:
    assert CliRunner().invoke(main, ["--workers", "0"]).exit_code == 2


def test_elsewhere_than_on_linux_there_can_be_one_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    done = CliRunner().invoke(main, ["--workers", "2"])

    assert done.exit_code == 1
    assert "Several workers need Linux" in done.output


def test_where_to_reach_them_is_told_once(start: Start) -> None:
    server = start("--workers", "3")

    server.process.send_signal(signal.SIGTERM)
    rest, _ = server.process.communicate(timeout=HANG)
    assert server.banner.count("To paste") == 1
    assert "To paste" not in rest


def test_health_is_that_of_all(start: Start) -> None:
    server = start("--workers", "2")

    told = [health(server) for _ in range(MANY)]

    assert {str((each["status"], each["workers"])) for each in told} == {
        "('ok', {'wanted': 2, 'alive': 2})",
    }


def test_a_worker_that_dies_is_replaced_and_no_later_request_is_lost(start: Start) -> None:
    server = start("--workers", "2")
    for _ in range(3):
        before = workers_of(server)
        kill(before[0])
        assert all(server.chat("Hello!") for _ in range(MANY // 2))
        wait(lambda: len(workers_of(server)) == 2)
        assert before[0] not in workers_of(server)

    assert server.logged.count("was ended by SIGKILL; another takes its place.") == 3
    assert health(server)["status"] == "ok"


def test_while_a_worker_is_missing_the_server_is_not_healthy(start: Start) -> None:
    """One that has died again and again is not replaced at once."""
    server = start("--workers", "2")
    kept = workers_of(server)[0]
    told: list[dict[str, object]] = []
    while not any(each["status"] == "degraded" for each in told):
        for process in workers_of(server):
            if process != kept:
                kill(process)
        told = [health(server) for _ in range(MANY)] if len(workers_of(server)) < 2 else []

    missing = [each["workers"] for each in told if each["status"] == "degraded"]
    assert {"wanted": 2, "alive": 1} in missing
    wait(lambda: health(server)["status"] == "ok")


def test_the_death_of_a_worker_leaves_the_streams_of_the_other_alone(start: Start, tmp_path: Path) -> None:
    for gap in ("100ms", "1s", "10s"):  # a machine may be so late that all have ended before the worker dies
        (tmp_path / "slow.yaml").write_text(f"pace: {{gap: {gap}}}\nreply: one two three four five six")
        server = start(str(tmp_path), "--workers", "2")
        with ThreadPoolExecutor(MANY) as threads:
            running = [*threads.map(lambda _: stream(server), range(MANY))]  # noqa: B023 - done at once
            kill(workers_of(server)[0])
            ends = [*threads.map(_end_of, running)]
        whole = sum(end.endswith(b"data: [DONE]\n\n") for end in ends)
        if whole < MANY:
            break

    assert 0 < whole < MANY


def _end_of(answer: HTTPResponse) -> bytes:
    """The rest of a stream, as far as it comes."""
    try:
        return answer.read()
    except (OSError, IncompleteRead):
        return b""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_at_the_end_the_streams_of_all_finish(start: Start, tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "slow.yaml").write_text("pace: {gap: 100ms}\nreply: one two three four five six")
    server = start(str(tmp_path), "--workers", "2", "--grace", "60")
    with ThreadPoolExecutor(MANY) as threads:
        running = [*threads.map(lambda _: stream(server), range(MANY))]
        server.process.send_signal(how)
        ends = [*threads.map(_end_of, running)]

    assert all(end.endswith(b"data: [DONE]\n\n") for end in ends)
    assert server.process.wait(timeout=HANG) == 0


def test_at_the_end_streams_are_cut_when_the_grace_time_is_over(start: Start, tmp_path: Path) -> None:
    (tmp_path / "slow.yaml").write_text("pace: {gap: 1h}\nreply: one two")
    server = start(str(tmp_path), "--workers", "2", "--grace", "0.2")
    with stream(server), stream(server):
        status, logged = server.stop()

    assert status == 0
    assert "Traceback" not in logged


def test_a_worker_that_is_told_to_stop_finishes_its_streams_and_is_replaced(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "slow.yaml").write_text("pace: {gap: 2s}\nreply: one two three")
    server = start(str(tmp_path), "--workers", "2", "--grace", "60")
    before = workers_of(server)
    with ThreadPoolExecutor(MANY) as threads:
        running = [*threads.map(lambda _: stream(server), range(MANY))]
        for process in before:
            os.kill(process, signal.SIGTERM)
        wait(lambda: len(workers_of(server)) == 4)
        ends = [*threads.map(_end_of, running)]

    assert all(end.endswith(b"data: [DONE]\n\n") for end in ends)
    wait(lambda: len(workers_of(server)) == 2)
    assert health(server)["status"] == "ok"


def test_workers_stop_when_nobody_looks_after_them_any_more(start: Start) -> None:
    server = start("--workers", "2")
    port = int(server.url.rpartition(":")[2])

    server.process.kill()
    server.process.wait()

    wait(lambda: not is_taken(port))


def is_taken(port: int) -> bool:
    with socket.socket() as another:
        another.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            another.bind(("127.0.0.1", port))
            another.listen()
        except OSError:
            return True
        return False


def test_two_servers_do_not_share_a_port(start: Start) -> None:
    server = start("--workers", "2")

    done = CliRunner().invoke(main, ["--workers", "2", "--port", server.url.rpartition(":")[2]])

    assert done.exit_code == 1
    assert "Choose another --host or --port." in done.output


def test_lines_of_the_log_stay_whole(start: Start) -> None:
    """All workers write to one pipe."""
    server = start("--workers", "2", "--log-format", "json")
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda _: server.chat("Hello!"), range(200)))

    _, logged = server.stop()
    lines = [json.loads(line) for line in logged.splitlines()]
    assert sum("status" in line for line in lines) == 200


CRASHING = """
import os
from mockserver.workers.board import Board
from mockserver.workers.listeners import listen
from mockserver.workers.supervisor import Supervisor
with Supervisor(listen("127.0.0.1", 0, 2), Board(2), lambda *_: os._exit(3), 0).running():
    print("They serve.")
"""


def test_workers_that_end_before_they_serve_are_given_up() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASHING], capture_output=True, text=True, timeout=HANG, check=False
    )

    assert done.stdout == ""
    assert "The workers end as soon as they start: the last one ended with status 3." in done.stderr
