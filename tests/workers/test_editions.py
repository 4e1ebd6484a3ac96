"""Scenarios handed from one process to another."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mockserver.assembly import builtin_folder, load_scenarios, parse_scenarios
from mockserver.scenario.model import NativePart, ReplyOutcome, Scenario, templates
from mockserver.workers.editions import read_edition, write_edition

BUILT_IN = load_scenarios([builtin_folder()])


def handed(scenarios: tuple[Scenario, ...], before: tuple[Scenario, ...] = ()) -> tuple[Scenario, ...]:
    """What a worker serves that has those before."""
    with write_edition(scenarios, before) as file:
        read = read_edition(file.fileno(), before)
        assert read_edition(file.fileno(), before) == read  # another worker
    return read


@pytest.mark.parametrize("scenario", BUILT_IN, ids=lambda each: each.name)
def test_a_scenario_says_the_same_at_the_same_place(scenario: Scenario) -> None:
    (read,) = handed((scenario,))

    assert read is not scenario
    assert read == scenario
    assert read.place == scenario.place


def test_a_template_renders_the_same() -> None:
    text = """
    match:
      user: /(?P<city>[A-Z]\\w+)/i
    reply: "In {{ city | upper }} it is {% if turn %}warm{% endif %}."
    """
    (read,) = handed(parse_scenarios(dedent(text), "weather.yaml"))

    (template,) = templates(read)
    assert template.compiled.render({"city": "Oslo", "turn": 1}) == "In OSLO it is warm."


def test_places_inside_of_a_native_part_are_found() -> None:
    text = "reply: [{native: {openai.chat: {feeling: good}}}]"
    (read,) = handed(parse_scenarios(text, "native.yaml"))

    outcome = read.turns[0].attempts[0].outcome
    assert isinstance(outcome, ReplyOutcome)
    (part,) = outcome.parts
    assert isinstance(part, NativePart)
    assert str(part.places["openai.chat"](["feeling"])) == "native.yaml:1:33"


def test_what_has_not_changed_stays_what_it_was() -> None:
    first, second, *_ = BUILT_IN
    (another,) = parse_scenarios("scenario: another\nreply: Hi.", "another.yaml")

    read = handed((second, another, first), before=(first, second))

    assert read[0] is second
    assert read[1] == another
    assert read[2] is first
