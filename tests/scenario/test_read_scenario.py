"""Scenarios: names, places, short form."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.scenario.files import load_text
from mockserver.scenario.model import Scenario

Read = Callable[[str], Scenario]
Problems = Callable[[str], list[str]]


def test_the_name_is_the_stem_of_the_file_where_it_is_left_out(scenario: Read) -> None:
    assert scenario("reply: Hello!").name == "test"


def test_only_the_first_document_may_leave_its_name_out(problems: Problems) -> None:
    assert problems("reply: a\n---\nscenario: b\nreply: b\n---\nreply: c\n") == [
        "6:1 a further document of a file needs a name"
    ]


def test_an_empty_document_in_front_does_not_take_the_name(scenario: Read) -> None:
    assert scenario("---\n---\nreply: Hello!").name == "test"


def test_a_name_is_a_text_whatever_yaml_takes_it_for(scenario: Read) -> None:
    assert scenario("scenario: 1.10\nreply: Hello!").name == "1.10"


def test_a_bad_name_is_one_problem(problems: Problems) -> None:
    assert problems("scenario: a/b\nreply: Hello!") == ["1:11 `scenario`: `a/b` cannot be a name"]


def test_a_name_taken_by_a_broken_scenario_is_told_too(problems: Problems) -> None:
    assert problems("scenario: a\nreply:\n---\nscenario: a\nreply: b\n") == [
        "2:7 `reply`: expected text, found nothing",
        "4:1 the name `a` is taken by test.yaml:1:1",
    ]


def test_a_scenario_stands_where_its_name_stands(scenario: Read) -> None:
    assert str(scenario("reply: Hello!\nscenario: a").place) == "test.yaml:2:1"


def test_a_single_turn_stands_at_the_top(scenario: Read) -> None:
    short = scenario("scenario: a\nreply: Hello!\nfinish: length")
    long = scenario("scenario: a\nturns: [{reply: Hello!, finish: length}]")

    assert len(short.turns) == len(long.turns) == 1
    assert short.turns[0].attempts[0].outcome == long.turns[0].attempts[0].outcome
    assert short.turns[0].attempts[0].finish == long.turns[0].attempts[0].finish == "length"


def test_a_scenario_may_be_written_as_json() -> None:
    text = '{"scenario":"a","turns":[{"reply":"auto","pace":{"chunk":5}},{"reply":["\\/ \\u00e9"]}]}'

    loaded = load_text(text, "script", ())

    assert loaded.problems == ()
    assert len(loaded.scenarios[0].turns) == 2


def test_the_description_is_kept(scenario: Read) -> None:
    assert scenario("description: 12\nreply: x").description == "12"
