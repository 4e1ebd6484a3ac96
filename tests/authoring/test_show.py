"""`mockserver show`: what an author sees."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import main

TITLES = ["openai.chat", "openai.responses", "openai.completions", "anthropic", "gemini"]


def show(*args: str) -> Result:
    return CliRunner().invoke(main, ["show", *args])


@pytest.mark.parametrize("flags", [[], ["--stream"]])
def test_every_protocol_is_shown_with_its_head_and_body(flags: list[str]) -> None:
    done = show("hello", *flags)

    assert done.exit_code == 0
    for title in TITLES:
        assert f"── {title} · hello · turn 1 of 1 ──\nHTTP/1.1 200 OK\n" in done.output
    assert done.output.count("content-type: ") == len(TITLES)


@pytest.mark.parametrize(("protocol", "shown"), [("anthropic", 1), ("openai", 3), ("openai.chat", 1)])
def test_one_protocol_or_family_can_be_asked_for(protocol: str, shown: int) -> None:
    assert show("hello", "--protocol", protocol).output.count("HTTP/1.1 200 OK") == shown


def test_a_later_turn_shows_placeholders_for_what_only_a_conversation_has() -> None:
    done = show("weather", "--turn", "2", "--protocol", "gemini")

    assert "Here is the weather in <city>: <results.get_weather>" in done.output


def test_a_field_named_like_a_method_of_text_is_a_placeholder_too(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    match = "match: {user: '/(?P<city>Rome)?/'}"
    reply = """{{ results.f.count }} {{ results.f["title"] }} {{ city | upper }}"""
    path.write_text(f"{match}\nreply: '{reply}'")

    shown = show(str(path), "--protocol", "anthropic").output

    assert "<results.f.count> <results.f.title> <city.upper>" in shown


def test_an_attempt_can_be_asked_for() -> None:
    statuses = [
        show("rate-limit", "--attempt", str(number), "--protocol", "anthropic").output.splitlines()[1]
        for number in (1, 3)
    ]

    assert statuses == ["HTTP/1.1 429 Too Many Requests", "HTTP/1.1 200 OK"]


def test_waits_are_shown_where_they_stand() -> None:
    assert "(at 50 ms)\nHTTP/1.1 200 OK" in show("poem", "--stream", "--protocol", "openai.chat").output


def test_a_file_is_shown_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("match: {user: go}\nreply: You said {{ user }} to {{ model }}.")

    assert "You said go to mock-mine." in show(str(path), "--protocol", "anthropic").output


def test_the_user_can_be_given() -> None:
    assert '"city":"Rome"' in show("weather", "--user", "weather in Rome", "--protocol", "anthropic").output


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["wether"], "There is no scenario 'wether': did you mean `weather`?"),
        (["hello", "--turn", "3"], "Scenario 'hello' has 1 turn(s); there is no turn 3."),
        (["hello", "--protocol", "smoke"], "There is no protocol 'smoke'. Known: anthropic, gemini, openai"),
    ],
)
def test_what_is_not_there_is_told(args: list[str], told: str) -> None:
    done = show(*args)

    assert done.exit_code == 1
    assert told in done.output


def test_the_moment_of_each_piece_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "paced.yaml"
    path.write_text(
        "pace: {first: 300ms, rate: 10 tokens/s, chunk: [One, ' two three', '!']}\nreply: One two three!"
    )

    streamed = show(str(path), "--protocol", "anthropic", "--stream").output
    whole = show(str(path), "--protocol", "anthropic").output

    assert [line for line in streamed.splitlines() if line.startswith("(at")] == [
        "(at 300 ms)",
        "(at 500 ms)",
        "(at 600 ms)",
    ]
    assert [line for line in whole.splitlines() if line.startswith("(at")] == ["(at 600 ms)"]


def test_an_answer_is_shown_as_it_is_framed(tmp_path: Path) -> None:
    path = tmp_path / "framed.yaml"
    path.write_text("reply: Hi\nwire: {newline: cr, comments: hello, encoding: gzip}")

    shown = show(str(path), "--protocol", "openai.chat", "--stream").output

    assert "\nvary: accept-encoding\n" in shown
    assert "\n\n: hello\ndata: [DONE]\n\n" in shown


def test_a_fault_can_be_shown() -> None:
    shown = show("hello", "--protocol", "anthropic", "--fault", "reset-at-start").output
    held = show("hello", "--protocol", "gemini", "--fault", "created", "--fault", "never-closes").output

    assert shown.splitlines()[1:] == ["(the connection is reset)"]
    assert "HTTP/1.1 201 Created" in held
    assert held.endswith("\n(silence; the connection stays open)\n")


def test_a_fault_of_the_script_is_shown_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("reply: One two.\nfaults: [{stall: 2s, at: {after: 3 chars}}, {do: disconnect, at: end}]")

    lines = show(str(path), "--protocol", "openai.completions", "--stream").output.splitlines()

    at = lines.index("(at 2000 ms)")
    assert '"text":"One"' in lines[at - 2]
    assert '"text":" two"' in lines[at + 1]
    assert lines[-1] == "(the connection is closed, unannounced)"


def test_a_fault_that_cannot_show_or_is_not_there_is_told() -> None:
    done = show("hello", "--fault", "cut-in-tool-call", "--stream", "--protocol", "gemini")
    unknown = show("hello", "--fault", "cut-in-tool-cal")

    assert "(cannot be played: The fault 'cut-in-tool-call' needs a tool_call in the reply" in done.output
    assert (unknown.exit_code, "did you mean `cut-in-tool-call`?" in unknown.output) == (1, True)
