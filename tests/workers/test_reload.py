"""Edits that all workers of a server take in, and what they would play wrong."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from command import Server, Start
from patience import wait
from workers.crewed import MANY, kill, workers_of

from mockserver.cli import main

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="several workers need Linux")


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A scenario file that is served, beside one that stays as it is."""
    (tmp_path / "bye.yaml").write_text("match: {user: bye}\nreply: 'Bye, {{ user }}.'\n")
    path = tmp_path / "greeting.yaml"
    path.write_text("reply: One.\n")
    return path


def said(server: Server, say: str = "Hello!") -> set[str]:
    """What is answered, by whichever workers."""
    answers = [json.dumps(server.chat(say)) for _ in range(MANY)]
    return {json.loads(each)["choices"][0]["message"]["content"] for each in answers}


def reload(server: Server) -> None:
    """Send SIGHUP, and wait until it was done."""
    before = server.logged.count("The scenarios ")
    server.process.send_signal(signal.SIGHUP)
    wait(lambda: server.logged.count("The scenarios ") > before)


def test_a_signal_reaches_all(start: Start, scenario: Path) -> None:
    server = start(str(scenario.parent), "--workers", "2")
    assert said(server) == {"One."}

    scenario.write_text("reply: Two.\n")
    reload(server)

    assert said(server) == {"Two."}
    assert said(server, "bye") == {"Bye, bye."}
    assert server.logged.count("2 scenarios in 2 files, no problems. Changed: greeting.") == 1


def test_an_edit_reaches_all(start: Start, scenario: Path) -> None:
    server = start(str(scenario.parent), "--workers", "2", "--reload")

    for edition in ("Two.", "Three, {{ user }}."):
        scenario.write_text(f"reply: '{edition}'\n")
        wait(lambda: said(server) == {edition.replace("{{ user }}", "Hello!")})  # noqa: B023 - done at once


def test_a_scenario_comes_and_goes_with_its_file(start: Start, scenario: Path) -> None:
    server = start(str(scenario.parent), "--workers", "2")

    scenario.unlink()
    more = scenario.with_name("another.yaml")
    more.write_text("reply: Another.\n")
    reload(server)

    assert said(server) == {"Another."}
    assert json.loads(server.get("/_mock/health"))["scenarios"] == ["another", "bye"]


def test_a_broken_edit_is_told_once_and_all_stay_as_they_were(start: Start, scenario: Path) -> None:
    server = start(str(scenario.parent), "--workers", "2")

    scenario.write_text("replly: Hi\n")
    reload(server)

    assert server.logged.count("did you mean `reply`?") == 1
    assert said(server) == {"One."}


def test_who_takes_the_place_of_another_has_what_was_read_last(start: Start, scenario: Path) -> None:
    server = start(str(scenario.parent), "--workers", "2")
    scenario.write_text("reply: Two.\n")
    reload(server)
    scenario.write_text("replly: Hi\n")
    reload(server)

    for process in workers_of(server):
        kill(process)

    assert said(server) == {"Two."}
    scenario.write_text("reply: Three.\n")
    reload(server)
    assert said(server) == {"Three."}


COUNTED = {
    "attempts": ("turns:\n- attempts:\n  - error: rate_limit\n  - reply: Hi.\n", "4:5"),
    "a template": ("turns:\n- reply: 'This is attempt {{ attempt }}.'\n", "2:10"),
    "limits": ("limits: [3 requests/m]\nreply: Hi.\n", "1:1"),
    "one wire": (
        "turns:\n- reply: Hi.\n  for:\n    anthropic:\n      attempts: [{reply: A}, {reply: B}]\n",
        "5:30",
    ),
}


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["serve", "--port", "0", *args])


@pytest.mark.parametrize("what", COUNTED)
def test_what_each_worker_would_count_for_itself_is_refused(tmp_path: Path, what: str) -> None:
    text, place = COUNTED[what]
    (tmp_path / "counted.yaml").write_text(text)

    done = run(str(tmp_path), "--workers", "2")

    assert done.exit_code == 1
    assert f"counted.yaml:{place}" in done.output
    assert "each worker would count for itself" in done.output
    assert "--per-worker-state" in done.output


def test_limits_for_all_are_refused() -> None:
    done = run("--workers", "2", "--limit", "3 requests/m")

    assert done.exit_code == 1
    assert "each worker would count for itself" in done.output


def test_an_edit_that_would_be_counted_changes_nothing(start: Start, scenario: Path) -> None:
    server = start(str(scenario.parent), "--workers", "2")

    scenario.write_text(COUNTED["attempts"][0])
    reload(server)

    assert "each worker would count for itself" in server.logged
    assert said(server) == {"One."}


def test_who_says_so_has_each_worker_count_for_itself(start: Start, scenario: Path) -> None:
    scenario.write_text("reply: 'Attempt {{ attempt }}.'\n")
    server = start(str(scenario.parent), "--workers", "2", "--per-worker-state", "--limit", "900 requests/m")

    assert "Attempt 1." in said(server)


def test_what_workers_do_not_share_is_told_at_start(start: Start, scenario: Path) -> None:
    server = start(str(scenario.parent), "--workers", "2")

    assert server.logged.startswith(
        "Each of the 2 workers keeps for itself, and a client may reach any of them"
    )
    assert "Not served, since attempts count in it: rate-limit." in server.logged


def test_built_in_scenarios_that_count_are_left_out(start: Start) -> None:
    server = start("--workers", "2")

    assert "rate-limit" not in server.banner
    assert "rate-limit" not in json.loads(server.get("/_mock/health"))["scenarios"]
