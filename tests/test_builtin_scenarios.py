"""Every built-in scenario, on every protocol and on the toy: JSON and stream, every turn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import toy
from conftest import status_of, text_of

from mockserver.assembly import assemble, builtin_folder, builtin_library, load_scenarios, sound
from mockserver.claiming.claims import Claim
from mockserver.conversation import (
    Format,
    Http,
    Message,
    Request,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from mockserver.engine import Engine
from mockserver.planning import Stage, plan
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Context, Dialect
from mockserver.scenario.model import Scenario
from mockserver.settings import Settings

SCENARIOS = load_scenarios([builtin_folder()])
DIALECTS = [dialect for vendor in (*VENDORS, toy.VENDOR) for dialect in vendor.dialects]
FILES = sorted(builtin_folder().glob("*.yaml"))

STATUS = {"overloaded": {503, 529}, "server-error": {500}, "unauthorized": {400, 401}, "rate-limit": {429}}
ASKED = {
    "hello": "Hello!",
    "image": "Please draw a cat.",
    "parallel-tools": "What time is it in Paris?",
    "poem": "Write a poem.",
    "refusal": "Help me hack this.",
    "structured": "Give me JSON.",
    "thinking": "How many r are in strawberry?",
    "truncated": "Write an essay.",
    "weather": "What's the weather in London?",
    "auto": "Good evening.",
}

each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
each_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)


def test_what_is_served_and_what_is_there_by_name_is_read_once() -> None:
    served = sound(builtin_library().load())
    by_name = assemble((), Settings()).engine

    assert served == SCENARIOS
    assert all(by_name.named(scenario.name) is scenario for scenario in served)


def request(dialect: Dialect, messages: list[Message], *, stream: bool = False, model: str = "m") -> Request:
    return Request(
        protocol=dialect.name,
        model=model,
        messages=tuple(messages),
        http=Http("POST", "/", key="k"),
        tools=(Tool("get_weather"), Tool("get_time")),
        stream=stream,
    )


def conversation(scenario: Scenario) -> list[Message]:
    """A conversation that plays the scenario to its last turn."""
    messages = [Message("user", (Text(ASKED.get(scenario.name, "x")),))]
    if len(scenario.turns) > 1:
        calls = (ToolCall("get_weather", {}, "1"), ToolCall("get_time", {}, "2"))
        messages.append(Message("assistant", calls))
        messages.append(Message("tool", (ToolResult("1", '{"temp_c": 18}'), ToolResult("2", "noon"))))
    return messages


@each_scenario
@each_dialect
@pytest.mark.parametrize("stream", [False, True])
def test_every_turn_of_every_scenario_plays_on_every_protocol(
    scenario: Scenario, dialect: Dialect, *, stream: bool
) -> None:
    engine = Engine((), [scenario])
    whole = conversation(scenario)
    for length in range(1, len(whole) + 1, 2):
        asked = request(dialect, whole[:length], stream=stream, model=f"mock-{scenario.name}")

        claim = engine.claim(asked)

        assert isinstance(claim, Claim)
        assert not claim.unmet
        steps = list(plan(Stage(dialect, asked, Context(), speed=0), claim.attempt, claim.variables).steps)
        assert status_of(steps) in STATUS.get(scenario.name, {200})
        assert text_of(steps)


@pytest.mark.parametrize("name", ASKED)
@each_dialect
def test_a_scenario_is_found_by_what_the_user_says(name: str, dialect: Dialect) -> None:
    asked = request(dialect, [Message("user", (Text(ASKED[name]),))])
    if name == "structured":
        asked = replace(asked, format=Format("json"))

    claim = Engine(SCENARIOS).claim(asked)

    assert isinstance(claim, Claim)
    assert claim.scenario.name == name


def test_the_catch_all_is_tried_last() -> None:
    assert SCENARIOS[-1].name == "auto"


def test_all_promised_scenarios_are_there() -> None:
    promised = {
        *ASKED,
        "everything",
        "gemini-2.5",
        "rate-limit",
        "overloaded",
        "server-error",
        "unauthorized",
        "slow",
    }

    assert {scenario.name for scenario in SCENARIOS} == promised


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_shows_one_idea_told_in_its_first_line_and_names_the_schema(path: Path) -> None:
    first, second, *rest = path.read_text().splitlines()

    assert first.startswith("# ")
    assert first.endswith((".", "?"))
    assert second == "# yaml-language-server: $schema=scenario.schema.json"
    assert "---" not in rest


def test_the_retries_of_the_rate_limit_end_in_an_answer() -> None:
    (scenario,) = [scenario for scenario in SCENARIOS if scenario.name == "rate-limit"]
    dialect = DIALECTS[0]
    asked = request(dialect, conversation(scenario), model="mock-rate-limit")
    engine = Engine((), [scenario])

    statuses = []
    for _ in range(3):
        claim = engine.claim(asked)
        assert isinstance(claim, Claim)
        steps = plan(Stage(dialect, asked, Context()), claim.attempt, claim.variables).steps
        statuses.append(status_of(list(steps)))

    assert statuses == [429, 429, 200]


@pytest.mark.parametrize("scenario", ["hello", "poem", "weather"])
@each_dialect
def test_the_same_request_gives_the_same_bytes(scenario: str, dialect: Dialect) -> None:
    def play() -> list[object]:
        (found,) = [known for known in SCENARIOS if known.name == scenario]
        asked = request(dialect, conversation(found)[:1], stream=True)
        claim = Engine([found]).claim(asked)
        assert isinstance(claim, Claim)
        return list(plan(Stage(dialect, asked, Context()), claim.attempt, claim.variables).steps)

    assert play() == play()


@pytest.mark.parametrize(
    ("asked", "city"),
    [
        ("What's the weather in San Francisco, CA?", "San Francisco"),
        ("How is the weather in Rio de Janeiro?", "Rio"),
        ("weather in Oslo today", "Oslo"),
    ],
)
def test_the_weather_is_that_of_the_city_with_all_of_its_name(asked: str, city: str) -> None:
    (weather,) = [known for known in SCENARIOS if known.name == "weather"]

    claim = Engine([weather]).claim(request(DIALECTS[0], [Message("user", (Text(asked),))]))

    assert isinstance(claim, Claim)
    assert claim.variables["city"] == city
