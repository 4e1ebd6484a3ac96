"""`mockserver faults`: what a person sees of the catalogue, and of one fault."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.authoring.show_faults import DIALECTS, FaultShown, list_faults, show_fault
from mockserver.authoring.side_by_side import width_of
from mockserver.cli import main
from mockserver.faults.catalogue import FAULT_GROUPS, KNOWN_FAULTS
from mockserver.faults.showing import is_shown


def faults(*args: str) -> Result:
    return CliRunner().invoke(main, ["faults", *args])


def told(*args: str) -> list[str]:
    done = faults(*args)
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


# -------------------------------------------------------------------------------------------- the list


def test_all_faults_are_listed_in_their_groups() -> None:
    lines = told()

    assert [line for line in lines if line in FAULT_GROUPS] == list(FAULT_GROUPS)
    assert [name for line in lines if (name := named(line))] == [known.name for known in KNOWN_FAULTS]
    assert any(line.startswith(f"{len(KNOWN_FAULTS)} faults.") for line in lines)


def named(line: str) -> str:
    """The fault that a line of the list begins to tell of."""
    known = {known.name for known in KNOWN_FAULTS}
    is_row = line.startswith("  ") and not line.startswith("   ")
    return line.split(maxsplit=1)[0] if is_row and line.split(maxsplit=1)[0] in known else ""


def test_each_is_told_with_its_wires_and_what_goes_wrong() -> None:
    text = "\n".join(told())

    rows = {row.split()[0]: row for row in re.split(r"\n(?=  ?\S|\n)", text) if row.strip()}
    assert rows["hang"].split() == ["hang", "all", *KNOWN_FAULTS[0].says.split()]
    assert rows["crlf"].split()[1:6] == ["all", "but", "gemini", "Lines", "end"]
    assert rows["event-names-missing"].split()[1:5] == ["anthropic,", "responses", "Events", "have"]


def test_what_takes_several_lines_stays_in_its_column() -> None:
    lines = told()

    at = next(number for number, line in enumerate(lines) if line.startswith("  cut-in-tool-call "))
    column = lines[at].index("The body ends")
    assert lines[at + 1] == " " * column + lines[at + 1].strip()


@pytest.mark.parametrize("width", [80, 100, 200])
def test_the_list_is_as_wide_as_the_terminal(width: int) -> None:
    assert max(map(width_of, list_faults(None, width).splitlines()[:-9])) <= width


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal to ask")
def test_a_terminal_is_asked_how_wide_it_is() -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "mockserver", "faults", "crlf", "--wire", "chat"]
    with subprocess.Popen(command, stdout=theirs, env={**os.environ, "COLUMNS": "140"}) as process:
        os.close(theirs)
        text = b""
        with suppress(OSError):  # so the end of it is told
            while data := os.read(ours, 65536):
                text += data
    os.close(ours)

    assert process.returncode == 0
    assert max(width_of(line) for line in text.decode().splitlines()) == 139


@pytest.mark.parametrize("wire", ["gemini", "chat", "openai.chat"])
def test_the_faults_of_one_wire_are_listed_with_the_answers_that_show_them(wire: str) -> None:
    (dialect,) = [one for one in DIALECTS if one.name.endswith(wire)]

    lines = told("--wire", wire)

    names = [name for line in lines if (name := named(line))]
    assert names == [known.name for known in KNOWN_FAULTS if is_shown(known, dialect)]
    assert any(line.split()[:3] == ["hang", "stream,", "JSON"] for line in lines)
    assert any(line.startswith(f"{len(names)} faults on {wire}.") for line in lines)


def test_the_list_tells_how_to_ask_for_one() -> None:
    text = "\n".join(told())

    for how in (
        "mock-everything+cut-mid-stream",
        "X-Mock-Fault: cut-mid-stream",
        "mockserver --fault cut-mid-stream",
        "fault: cut-mid-stream",
        "mockserver faults cut-mid-stream",
        "/_mock/faults",
    ):
        assert how in text


def test_the_list_can_be_had_as_json() -> None:
    (line,) = told("--json", "--wire", "openai")

    listed = {fault["name"]: fault for fault in json.loads(line)["faults"]}
    assert "block-index-gap" not in listed
    assert listed["usage-zero"] == {
        "name": "usage-zero",
        "says": "All token counts are zero.",
        "client": "Shows no count, or counts itself; does not fail.",
        "heals": False,
        "pitfalls": [21],
        "reports": [
            "Alishahryar1/free-claude-code#209",
            "router-for-me/CLIProxyAPI#1700",
            "karthink/gptel#1331",
        ],
        "wires": {
            name: {
                "stream": True,
                "json": True,
                "model": "mock-everything+usage-zero",
                "asks": {"stream": asks, "json": {}},
            }
            for name, asks in {
                "openai.chat": {"stream_options": {"include_usage": True}},
                "openai.responses": {},
                "openai.completions": {"stream_options": {"include_usage": True}},
            }.items()
        },
    }


def test_one_fault_can_be_had_as_json() -> None:
    (line,) = told("crlf", "--json")

    assert [fault["name"] for fault in json.loads(line)["faults"]] == ["crlf"]


# ------------------------------------------------------------------------------------------- one fault


def test_a_fault_is_told_with_what_a_client_should_do_and_who_reported_it() -> None:
    assert told("finish-null", "--wire", "chat")[:7] == [
        "finish-null",
        "  goes wrong  A whole answer whose reason to stop is null.",
        "  client      Decides by what the answer holds, or takes it for incomplete.",
        "  reports     pydantic/pydantic-ai#6610, pydantic/pydantic-ai#2996",
        "  pitfall     11",
        "  wires       all (stream, JSON)",
        "  ask with    mock-everything+finish-null",
    ]


def test_it_is_shown_on_each_of_its_wires_beside_a_healthy_answer() -> None:
    lines = told("sequence-gap")
    titles = [line for line in told("finish-null") if line.startswith("── ")]

    assert titles == [f"── {dialect.name} · everything · stream ──" for dialect in DIALECTS]
    assert [line for line in lines if line.startswith("── ")] == [
        "── openai.responses · everything · stream ──"
    ]
    assert lines[9].split() == ["healthy", "sequence-gap"]


def test_the_line_that_differs_is_shown_beside_the_healthy_one() -> None:
    differing = [line for line in told("finish-null", "--wire", "chat") if line[49:50] == "|"]

    assert '"finish_reason":"tool_calls"' in differing[0][:49]
    assert '"finish_reason":null' in differing[0][49:]


@pytest.mark.parametrize(
    ("name", "happens"),
    [
        ("reset-mid-stream", "(the connection is reset)"),
        ("disconnect-mid-stream", "(the connection is closed)"),
        ("closes-unannounced", "(the connection is closed, unannounced)"),
        ("hang", "(silence; the connection stays open)"),
        ("never-closes", "(silence; the connection stays open)"),
        ("stall-mid-stream", "(at 5000 ms)"),
        ("no-http", "SSH-2.0-mock"),
    ],
)
def test_what_happens_is_a_line_of_its_own(name: str, happens: str) -> None:
    lines = told(name, "--wire", "anthropic")

    assert [line for line in lines if line[49:] == f"> {happens}"] == [f"{'':49}> {happens}"]


def test_line_ends_are_shown_where_nothing_else_differs() -> None:
    assert told("bare-cr", "--wire", "anthropic")[-1].endswith("}␍␍")


def test_writes_are_shown_where_nothing_else_differs() -> None:
    lines = told("odd-writes", "--wire", "chat")

    assert any(line[49:] == '| "id":"c' for line in lines)
    assert lines[-1][49:] == "> NE]␊␊"


def test_the_answer_in_one_piece_can_be_asked_for() -> None:
    lines = told("role-missing", "--wire", "openai.chat", "--json-answer")

    assert "── openai.chat · everything · JSON ──" in lines
    assert '        "role": "assistant",'.ljust(49) + "<" in lines


def test_a_fault_of_an_error_is_shown_in_the_answer_to_who_asks_for_a_stream() -> None:
    titles = [line for line in told("error-array") if line.startswith("── ")]

    assert titles == ["── gemini · everything · stream ──"]


def test_what_the_request_must_have_is_told() -> None:
    assert '(asked with {"stream_options":{"include_usage":true}})' in told("usage-zero", "--wire", "chat")


def test_a_fault_that_needs_another_one_is_shown_beside_that() -> None:
    assert "with missing-arguments" in told("call-arguments-empty")[8]


def test_it_can_be_shown_on_a_scenario_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("reply: One two three.")

    assert "── gemini · mine · stream ──" in told(
        "cut-mid-stream", "--wire", "gemini", "--scenario", str(path)
    )


def test_a_scenario_that_cannot_show_it_is_told() -> None:
    text = "\n".join(told("cut-in-tool-call", "--wire", "chat", "--scenario", "hello"))

    assert "(cannot be shown: The fault 'cut-in-tool-call' needs a tool_call in the reply" in text


def test_every_line_can_be_asked_for() -> None:
    few, all_lines = (
        told("finish-null", "--wire", "gemini"),
        told("finish-null", "--wire", "gemini", "--full"),
    )

    assert len(all_lines) > len(few) + 20
    assert any("lines alike" in line for line in few)
    assert not any("lines alike" in line for line in all_lines)


@pytest.mark.parametrize("known", KNOWN_FAULTS, ids=lambda known: known.name)
def test_every_fault_can_be_shown_on_all_its_wires_within_the_width(known: object) -> None:
    name = str(getattr(known, "name", ""))

    lines = show_fault(name, FaultShown(width=80)).splitlines()

    assert max(map(width_of, lines)) <= 80
    assert not any("cannot be shown" in line for line in lines)
    sections = "\n".join(lines).split("\n── ")[1:]
    assert sections
    for section in sections:
        assert any(line[39:40] in {"|", "<", ">"} for line in section.splitlines()[1:]), section


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["finish-nul"], "There is no fault 'finish-nul': did you mean `finish-null`?"),
        (["crlf", "--wire", "smoke"], "There is no wire 'smoke'. There are anthropic, gemini, openai.chat,"),
        (["--wire", "smoke"], "There is no wire 'smoke'."),
        (
            ["crlf", "--wire", "gemini"],
            "The fault 'crlf' is not one of gemini, but of anthropic, openai.chat",
        ),
        (["crlf", "--scenario", "helo"], "There is no scenario 'helo': did you mean `hello`?"),
    ],
)
def test_what_is_not_there_is_told(args: list[str], message: str) -> None:
    done = faults(*args)

    assert done.exit_code == 1
    assert message in done.output
