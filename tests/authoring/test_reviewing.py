"""Pairs on disk: `warnings/NAME.yaml` and what a check tells of it, to the letter, in `warnings/NAME.txt`."""

from __future__ import annotations

from pathlib import Path

import pytest
import toy

from mockserver.assembly import builtin_folder, load_scenarios, parse_scenarios
from mockserver.authoring.reviewing import warnings
from mockserver.protocols.base import Vendor
from mockserver.scenario.files import load, report

FOLDER = Path(__file__).parent / "warnings"


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_a_scripted_answer_gets_these_warnings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = (FOLDER / f"{name}.txt").read_text("utf-8")
    monkeypatch.chdir(FOLDER)

    loaded = load([f"{name}.yaml"], ["toy"])

    assert report(loaded, warnings(loaded.scenarios, [toy.VENDOR])) + "\n" == expected


def test_every_report_has_its_file() -> None:
    files = {path.stem for path in FOLDER.glob("*.yaml")}

    assert files == {path.stem for path in FOLDER.glob("*.txt")}


def told(text: str) -> list[str]:
    scenarios = parse_scenarios(text, "test.yaml", [toy.VENDOR])
    return [warning.what for warning in warnings(scenarios, [toy.VENDOR])]


BAD = "{told: Hi, tolled: 1}"


def test_an_answer_that_is_as_documented_gets_none() -> None:
    assert told("scenario: s\nraw: {toy: {body: {told: Hi}}}") == []


def test_how_an_answer_is_framed_makes_no_difference() -> None:
    wire = "wire: {bom: true, write: 3, encoding: gzip}"

    assert told(f"scenario: s\nraw: {{toy: {{body: {{told: Hi}}}}}}\n{wire}") == []
    assert told(f"scenario: s\nraw: {{toy: {{body: {BAD}}}}}\n{wire}") == told(
        f"scenario: s\nraw: {{toy: {{body: {BAD}}}}}"
    )


def test_a_scenario_for_other_protocols_is_not_looked_at() -> None:
    class Other(toy.ToyDialect):
        name = "other"

    vendor = Vendor("other", (), toy.DIALECT.refuse, lambda _: True, (Other(),))
    scenarios = parse_scenarios(
        f"match: {{protocol: toy}}\nreply: [{{native: {{toy: {BAD}}}}}]", "s", [toy.VENDOR]
    )

    assert warnings(scenarios, [vendor]) == []


def test_a_turn_that_is_inherited_is_told_once() -> None:
    assert (
        len(told(f"scenario: s\nraw: {{toy: {{body: {BAD}}}}}\nfor: {{toy: {{pace: {{first: 1s}}}}}}")) == 1
    )


def test_a_scenario_for_streams_alone_is_played_as_one() -> None:
    assert told(f"scenario: s\nmatch: {{stream: true}}\nreply: [{{native: {{toy: {BAD}}}}}]") == []


def test_a_script_that_cannot_be_played_here_is_let_pass() -> None:
    assert told('scenario: s\nreply: [{text: "{{ 1 / 0 }}"}]') == []


def test_a_part_that_is_put_into_what_is_around_it_is_found() -> None:
    (warning,) = warnings(
        parse_scenarios("reply:\n  - native:\n      openai.chat:\n        feeling: good\n", "s")
    )

    assert (warning.place.line, warning.what) == (
        4,
        "on openai.chat, /choices/0/message/feeling is not in the documented response",
    )


def test_the_built_in_scenarios_are_as_documented() -> None:
    assert warnings(load_scenarios([builtin_folder()])) == []


@pytest.mark.parametrize(
    ("protocol", "event"),
    [
        (
            "openai.chat",
            (
                "{id: chatcmpl-1, object: chat.completion.chunk, created: 1, model: m,"
                " choices: [{index: 0, delta: {content: Hi, mood: good}, finish_reason: null}]}"
            ),
        ),
        (
            "openai.completions",
            (
                "{id: cmpl-1, object: text_completion, created: 1, model: m,"
                " choices: [{index: 0, text: Hi, finish_reason: null, logprobs: null, mood: good}]}"
            ),
        ),
        (
            "openai.responses",
            (
                "{type: response.output_text.delta, sequence_number: 1, item_id: msg_1, output_index: 0,"
                " content_index: 0, delta: Hi, logprobs: [], mood: good}"
            ),
        ),
        (
            "anthropic",
            "{type: content_block_delta, index: 0, delta: {type: text_delta, text: Hi, mood: good}}",
        ),
        ("gemini", "{candidates: [{content: {role: model, parts: [{text: Hi, mood: good}]}}]}"),
    ],
)
def test_an_event_of_any_wire_is_found_in_its_file(protocol: str, event: str) -> None:
    sound = event.replace(", mood: good", "")
    text = f"raw:\n  {protocol}:\n    events:\n      - {sound}\n      - {event}\n"

    (warning,) = warnings(parse_scenarios(text, "s"))

    assert warning.place.line == 5
    assert warning.place.source[warning.place.column - 1 :].startswith("mood")


def test_a_native_part_that_a_wire_leaves_out_is_told() -> None:
    text = """
        scenario: s
        reply: [Hi, {native: {openai.responses: {typ: web_search_call}, openai.completions: {kind: odd}}}]
    """

    assert [(warning.what, warning.place.column) for warning in warnings(parse_scenarios(text, "s"))] == [
        ("on openai.responses, this native part is left out of the answer", 49),
        ("on openai.completions, this native part is left out of the answer", 93),
    ]


def test_a_native_part_for_a_whole_family_may_be_left_out_on_one_of_its_wires() -> None:
    text = "scenario: s\nreply: [Hi, {native: {openai: {annotations: []}}}]"

    assert warnings(parse_scenarios(text, "s")) == []
