"""Good files: each key of the language, and the value that it becomes."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from mockserver.conversation import NativeFinish
from mockserver.quotas import Limit
from mockserver.scenario.delivery import (
    Lognormal,
    Normal,
    Pace,
    PerCharacter,
    PerToken,
    Replay,
    Sample,
    Sizes,
    Uniform,
    Wire,
)
from mockserver.scenario.files import Loaded, load
from mockserver.scenario.matchers import AnyOf, Contains, Equals, Glob, Not, Regex
from mockserver.scenario.model import (
    Attempt,
    AutoOutcome,
    ErrorOutcome,
    ImagePart,
    JsonPart,
    NativePart,
    RawAnswer,
    RawOutcome,
    RefusalPart,
    ReplyOutcome,
    Scenario,
    Template,
    TemplateValue,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    Turn,
    UsageScript,
)

FOLDER = Path(__file__).parent / "valid"


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load([FOLDER], ("openai", "openai.chat", "openai.responses", "anthropic", "gemini"))


@pytest.fixture(scope="module")
def named(loaded: Loaded) -> dict[str, Scenario]:
    return {scenario.name: scenario for scenario in loaded.scenarios}


def written(value: Any) -> Any:
    """The value with the templates in it as their sources."""
    match value:
        case Template(source=source):
            return source
        case TemplateValue(value=inner):
            return written(inner)
        case dict():
            return {name: written(item) for name, item in value.items()}
        case _:
            return value


def text_of(attempt: Attempt) -> Any:
    assert isinstance(attempt.outcome, ReplyOutcome)
    (part,) = attempt.outcome.parts
    assert isinstance(part, TextPart)
    return written(part.text)


def texts_of(turn: Turn) -> list[Any]:
    return [text_of(attempt) for attempt in turn.attempts]


def test_the_files_have_no_problems(loaded: Loaded) -> None:
    assert loaded.problems == ()


def test_a_reply_is_a_list_of_parts(named: dict[str, Scenario]) -> None:
    outcome = named["parts"].turns[0].attempts[0].outcome
    assert isinstance(outcome, ReplyOutcome)
    plain, template, *rest = outcome.parts
    weather = rest.pop(2)
    pixel = b64encode((FOLDER / "pixel.png").read_bytes()).decode()

    assert plain == TextPart("A plain item is text.")
    assert isinstance(template, TextPart)
    assert written(template.text) == "Hello {{ user }}"
    assert isinstance(weather, ToolCallPart)
    assert (weather.name, weather.id) == ("get_weather", "call_1")
    assert written(weather.arguments) == {
        "city": "{{ user }}",
        "days": 3,
        "when": "2026-11-01",
        "units": None,
    }
    assert rest == [
        ThinkingPart("Let me think.", signature="c2ln"),
        ThinkingPart("b3BhcXVl", redacted=True),
        ToolCallPart("get_time", {}),
        ToolCallPart("broken", '{"city": "Par'),
        RefusalPart("I cannot do that."),
        JsonPart({"ok": True, "items": [1, 2.5, "yes", None]}),
        ImagePart(width=64, height=32),
        ImagePart(width=8, height=16),
        ImagePart("image/png", pixel),
        NativePart({"openai": {"type": "citation"}, "gemini": [1]}),
    ]


def test_match_is_a_set_of_conditions(named: dict[str, Scenario]) -> None:
    match = named["match"].match

    assert match.protocol == ("openai.chat", "anthropic")
    assert match.model == AnyOf((Glob("gpt-*"), Glob("claude-*")))
    assert match.user == Regex(re.compile(r"weather in (?P<city>\w+)", re.IGNORECASE))
    assert match.system == AnyOf((Contains("assistant"), Not(Contains("pirate"))))
    assert match.tools == ("get_weather", "get_time")
    assert match.stream is True
    assert match.format == ("text", "json")
    assert match.headers == (("x-team", Equals("blue")),)
    assert match.key == Glob("sk-*")
    assert match.body == (
        ("/temperature", Equals(0.5)),
        ("/metadata/user", Contains("alice")),
        ("/metadata", Equals({"team": "blue"})),
        ("/tags/0", Not(AnyOf((Regex(re.compile("^a")), Equals(1), Equals(value=True), Equals(None))))),
    )


def test_each_condition_has_its_place(named: dict[str, Scenario]) -> None:
    places = {key: (place.line, place.column) for key, place in named["match"].match.places.items()}

    assert places["protocol"] == (3, 13)
    assert places["body"] == (13, 5)
    assert places["body./metadata/user"] == (14, 21)


def test_after_repeat_begins_again(named: dict[str, Scenario]) -> None:
    assert (named["match"].repeat, named["parts"].repeat) == (True, False)


def test_a_scenario_can_be_by_name_only(named: dict[str, Scenario]) -> None:
    assert (named["by-name"].by_name, named["parts"].by_name) == (True, False)


def test_a_reply_can_be_automatic(named: dict[str, Scenario]) -> None:
    assert named["by-name"].turns[0].attempts[0].outcome == AutoOutcome()


def test_a_tool_result_is_expected_by_name_names_or_text(named: dict[str, Scenario]) -> None:
    _, *turns = named["turns"].turns
    expected = [turn.expect.tool_results for turn in turns if turn.expect]

    assert expected == [
        (("get_weather", None),),
        (("get_weather", None), ("get_time", None)),
        (("get_weather", Regex(re.compile("temp"))), ("get_time", None)),
    ]


def test_an_error_is_a_kind_or_a_mapping(named: dict[str, Scenario]) -> None:
    bare, full = (turn.attempts[0].outcome for turn in named["errors"].turns)

    assert bare == ErrorOutcome("overloaded")
    assert isinstance(full, ErrorOutcome)
    assert written(full.message) == "Slow down, {{ user }}."
    assert (full.kind, full.retry_after, full.status, full.code) == ("rate_limit", 1.5, 503, "slow")


def test_a_raw_answer_is_verbatim(named: dict[str, Scenario]) -> None:
    outcome = named["raw"].turns[0].attempts[0].outcome

    assert outcome == RawOutcome(
        {
            "openai": RawAnswer(
                502,
                (("Content-Type", "text/html"), ("X-One", "1")),
                body="<h1>{{ Bad Gateway }}</h1>",
            ),
            "openai.chat": RawAnswer(body={"id": "x", "choices": []}),
            "anthropic": RawAnswer(events=({"type": "ping"}, "[DONE]")),
            "gemini": RawAnswer(content=b"hi\n"),
        }
    )


def test_attempts_inherit_the_manner_of_their_turn_key_by_key(named: dict[str, Scenario]) -> None:
    limited, hello, again = named["attempts"].turns[0].attempts

    assert limited.outcome == ErrorOutcome("rate_limit")
    assert limited.headers == (("x-b", "turn"), ("x-a", "attempt"))
    assert hello.finish == NativeFinish("RECITATION")
    assert hello.usage == UsageScript(5, 2, 3, 1, 4)
    assert hello.pace == Pace(1.0, 0.005, "lognormal", 3)
    assert text_of(again) == "Hello again!"
    assert again.finish == "length"
    assert again.usage == UsageScript(1, 2)
    assert again.pace == Pace(1.0, 0.02)


def test_a_wait_is_fixed_drawn_or_measured(named: dict[str, Scenario]) -> None:
    assert [turn.attempts[0].pace for turn in named["pace"].turns] == [
        Pace(Uniform(0.2, 0.4), Uniform(0.01, 0.03), chunk=Sizes(2, 9)),
        Pace(Normal(0.3, 0.05), Normal(0.02, 0.005)),
        Pace(Lognormal(0.3, 0.6), Lognormal(0.02, 0.8)),
        Pace(Sample((0.25, 0.3, 0.9)), Sample((0.012, 0.04)), jitter=0.001),
        Pace(gap=Replay((0.012, 0.04, 0.008))),
        Pace(0.3, PerToken(0.02)),
        Pace(gap=PerCharacter(0.005)),
    ]


def test_a_rate_and_a_gap_override_each_other(named: dict[str, Scenario]) -> None:
    last = named["pace"].turns[-1]

    assert last.on("gemini").attempts[0].pace == Pace(gap=PerCharacter(0.005), chunk=10)
    assert last.on("anthropic").attempts[0].pace == Pace(gap=Sample((0.0, 1.0)))


def test_an_override_inherits_what_it_leaves_out(named: dict[str, Scenario]) -> None:
    turn = named["overrides"].turns[0]
    family = turn.on("openai.responses")

    assert texts_of(family) == ["Hello!"]
    assert family.expect == turn.expect
    assert family.attempts[0].finish == "length"
    assert family.attempts[0].usage == UsageScript(1, 9)
    assert family.attempts[0].pace == Pace(1.0, 1.0, 0.01, ("Hel", "lo!"))


def test_the_most_exact_override_counts_alone(named: dict[str, Scenario]) -> None:
    turn = named["overrides"].turns[0].on("openai.chat")

    assert texts_of(turn) == ["Hi!"]
    assert turn.attempts[0].finish == "stop"


def test_an_expectation_is_overridden_key_by_key(named: dict[str, Scenario]) -> None:
    expect = named["overrides"].turns[0].on("openai.chat").expect

    assert expect is not None
    assert (expect.user, expect.system) == (Contains("hi"), Contains("nice"))
    assert (expect.places["user"].line, expect.places["system"].line) == (11, 8)


def test_the_outcome_of_an_override_replaces_all_attempts(named: dict[str, Scenario]) -> None:
    quota, later = named["overrides"].turns[0].on("gemini").attempts

    assert quota.outcome == ErrorOutcome("quota")
    assert text_of(later) == "Later."
    assert (later.pace.first, later.pace.gap) == (1.0, 0.1)


def test_a_wire_is_inherited_key_by_key_and_can_be_undone(named: dict[str, Scenario]) -> None:
    inherited, undone, own = [attempt.wire for attempt in named["wire"].turns[0].attempts]

    assert inherited == Wire(
        write=7, newline="crlf", keep_alive=15, retry=1500, comments="comment", body="length"
    )
    assert undone == Wire()
    assert own == Wire(
        write=512,
        split_characters=True,
        newline="cr",
        comments="OPENROUTER PROCESSING",
        keep_alive=15,
        event_ids=True,
        retry=1500,
        bom=True,
        last_blank_line=False,
        padding=12,
        data_lines=3,
        encoding="zstd",
        body="close",
        close=True,
    )


def test_a_protocol_can_have_a_wire_of_its_own(named: dict[str, Scenario]) -> None:
    turn = named["wire-by-protocol"].turns[0]

    assert turn.attempts[0].wire == Wire(write="whole", encoding="gzip")
    assert turn.on("gemini").attempts[0].wire == Wire(write="whole", padding=2)


def test_a_protocol_without_override_has_the_turn_itself(named: dict[str, Scenario]) -> None:
    turn = named["overrides"].turns[0]

    assert turn.on("anthropic") is turn


def test_a_text_is_what_is_written(named: dict[str, Scenario]) -> None:
    texts = [text for turn in named["yaml"].turns for text in texts_of(turn)]

    assert texts == [
        "no",
        "12:30",
        "2026-11-01",
        "1_000",
        "0o7",
        "010",
        "quoted",
        "a block\nof lines\n",
        "folded lines",
        "",
        "12",
    ]


def test_anchors_and_merge_keys_repeat_values(named: dict[str, Scenario]) -> None:
    turns = named["anchors"].turns

    assert [text for turn in turns for text in texts_of(turn)] == ["Hello!"] * 3
    assert [turn.attempts[0].pace.first for turn in turns] == [1.0, 1.0, 1.0]
    assert [turn.attempts[0].pace.gap for turn in turns] == [1.0, 2.0, 3.0]


def test_limits_are_one_or_several(named: dict[str, Scenario]) -> None:
    assert named["one-limit"].limits == (Limit(3, "requests", 60),)
    assert named["several-limits"].limits == (
        Limit(1, "requests", 1),
        Limit(1000, "tokens", 10),
        Limit(500, "input tokens", 86_400),
        Limit(20, "output tokens", 0.25),
    )
    assert named["parts"].limits == ()
