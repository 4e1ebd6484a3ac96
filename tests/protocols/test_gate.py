"""The gate between what a client sends and what a dialect reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import ErrorDetails

from mockserver.conversation import ContractMode, Failure, Finding, JsonObject
from mockserver.protocols.gate import Gate, Wording, check_shape, note_members, noted, pointer, steps_to


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Square(Shape):
    kind: Literal["square"]
    side: int


class Circle(Shape):
    kind: Literal["circle"]
    radius: int


class Drawing(Shape):
    title: str
    shapes: list[Annotated[Square | Circle, Field(discriminator="kind")]] = []
    scale: int | None = None
    colour: Annotated[str | None, noted("deprecated", "Use a palette.")] = None
    shine: Annotated[int | None, noted("ignored", "Nothing shines."), Field(alias="theShine")] = None


def refuse(faults: Sequence[ErrorDetails]) -> Failure:
    return Failure("invalid_request", message=" and ".join(fault["type"] for fault in faults), code="bad")


def is_tag(step: str | int, value: Any) -> bool:
    return isinstance(value, dict) and value.get("kind") == step


WORDING = Wording(refuse, is_tag, stand_ins={"title": "untitled"})
STRANGER_TO_NONE = Wording(refuse, is_tag, stand_ins={}, unknown="error")

GOOD: JsonObject = {"title": "t", "shapes": [{"kind": "square", "side": 1}]}


def checked(
    body: JsonObject, mode: ContractMode = "documented", wording: Wording = WORDING
) -> tuple[Drawing | Failure, list[Finding]]:
    gate = Gate(mode)
    return check_shape(Drawing, body, gate, wording), gate.findings


# ------------------------------------------------------------------------------------------------ rules


@pytest.mark.parametrize("mode", ["documented", "strict"])
def test_what_breaks_a_rule_ends_the_request_with_all_that_was_found(mode: ContractMode) -> None:
    gate = Gate(mode, [Finding("ignored", "i", "/i", "Ignored.")])

    end = gate.refuse(Failure("conflict", message="No."), "/a")

    assert end is not None
    assert [str(finding) for finding in end.findings] == [
        "ignored: Ignored. (i at /i)",
        "error: No. (conflict at /a)",
    ]


def test_what_breaks_a_rule_is_only_noted_where_nothing_is_refused() -> None:
    gate = Gate("off")

    assert gate.refuse(Failure("conflict", code="c")) is None
    assert gate.findings == [Finding("error", "c", "", "c")]


@pytest.mark.parametrize(
    ("mode", "severity", "told"),
    [
        ("documented", "unknown", None),
        ("documented", "deprecated", None),
        ("strict", "unknown", "A sentence."),
        ("strict", "deprecated", "A sentence."),
        ("strict", "ignored", None),
        ("strict", "altered", None),
        ("off", "unknown", None),
    ],
)
def test_what_is_let_pass_is_refused_only_where_the_mode_is_strict(
    mode: ContractMode, severity: Any, told: str | None
) -> None:
    gate = Gate(mode)

    end = gate.note(Finding(severity, "c", "/a", "A sentence."))

    assert [finding.code for finding in gate.findings] == ["c"]
    assert (end and end.message) == told


def test_strict_refuses_in_the_words_of_the_finding_unless_it_is_given_others() -> None:
    gate = Gate("strict")
    finding = Finding("unknown", "c", "/a", "A sentence.")

    assert gate.note(finding) == Failure("invalid_request", message="A sentence.")
    assert gate.note(finding, Failure("not_found", message="Other words.")) == Failure(
        "not_found", message="Other words."
    )


# ----------------------------------------------------------------------------------------------- shapes


def test_a_body_as_documented_is_typed_and_nothing_is_found() -> None:
    drawing, findings = checked(GOOD)

    assert isinstance(drawing, Drawing)
    assert findings == []


def test_an_unknown_member_is_noted_and_let_pass() -> None:
    drawing, findings = checked({**GOOD, "size": 3})

    assert isinstance(drawing, Drawing)
    assert findings == [Finding("unknown", "unknown_parameter", "/size", "extra_forbidden")]


@pytest.mark.parametrize("name", ["[key]", "square"])
def test_an_unknown_member_may_have_any_name(name: str) -> None:
    shape = {"kind": "square", "side": 1, name: 1}

    drawing, findings = checked({"title": "t", "shapes": [shape]})

    assert isinstance(drawing, Drawing)
    assert [finding.pointer for finding in findings] == [f"/shapes/0/{name}"]


@pytest.mark.parametrize(("mode", "wording"), [("strict", WORDING), ("documented", STRANGER_TO_NONE)])
def test_an_unknown_member_is_refused_where_mode_or_wire_is_strict(
    mode: ContractMode, wording: Wording
) -> None:
    failure, _ = checked({**GOOD, "size": 3}, mode, wording)

    assert failure == Failure("invalid_request", message="extra_forbidden", code="bad")


def test_what_is_refused_is_told_without_what_is_only_unknown() -> None:
    failure, findings = checked({**GOOD, "size": 3, "scale": "big"})

    assert isinstance(failure, Failure)
    assert failure.message == "int_parsing"
    assert {finding.severity for finding in failure.findings} == {"unknown", "error"}
    assert list(failure.findings) == findings


def test_all_that_is_refused_is_told_to_the_wording_at_once() -> None:
    failure, _ = checked({"shapes": 1})

    assert isinstance(failure, Failure)
    assert failure.message == "missing and list_type"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({**GOOD, "shapes": [{"kind": "square", "side": "x"}]}, "/shapes/0/side"),
        ({**GOOD, "shapes": [{"kind": "square", "side": 1, "a/b~c": 1}]}, "/shapes/0/a~1b~0c"),
        ({**GOOD, "shapes": [{"kind": "circle"}]}, "/shapes/0/radius"),
        ({**GOOD, "shapes": [{"kind": "star"}]}, "/shapes/0/kind"),
        ({**GOOD, "shapes": [3]}, "/shapes/0"),
        ({}, "/title"),
    ],
)
def test_a_finding_points_at_its_place_in_the_body(body: JsonObject, found: str) -> None:
    _, findings = checked(body)

    assert [finding.pointer for finding in findings] == [found]


# ---------------------------------------------------------------------------------------------- mending


@pytest.mark.parametrize(
    ("body", "typed"),
    [
        ({**GOOD, "scale": "big"}, {"title": "t", "scale": None}),
        ({"scale": 2}, {"title": "untitled", "scale": 2}),
        ({"title": 1}, {"title": "untitled"}),
        ({"title": "t", "shapes": 7}, {"title": "t", "shapes": []}),
        ({"title": "t", "shapes": [{"kind": "circle"}, {"kind": "star"}, 3]}, {"shapes": []}),
    ],
)
def test_what_is_at_fault_is_taken_away_where_nothing_is_refused(body: JsonObject, typed: JsonObject) -> None:
    drawing, findings = checked(body, "off")

    assert isinstance(drawing, Drawing)
    assert drawing.model_dump(include=set(typed)) == typed
    assert {finding.severity for finding in findings} == {"error"}


def test_what_is_sound_beside_a_fault_is_kept() -> None:
    shapes = [
        {"kind": "star"},
        {"kind": "square", "side": 1},
        {"kind": "circle"},
        {"kind": "circle", "radius": 2},
    ]

    drawing, _ = checked({"title": "t", "shapes": shapes}, "off")

    assert isinstance(drawing, Drawing)
    assert [shape.kind for shape in drawing.shapes] == ["square", "circle"]


def test_what_is_missing_once_a_fault_is_taken_away_is_no_finding() -> None:
    _, findings = checked({"title": 1, "shapes": [{"kind": "circle", "radius": "big"}]}, "off")

    assert [finding.pointer for finding in findings] == ["/title", "/shapes/0/radius"]


def test_the_body_itself_stays_as_it_is() -> None:
    body = {**GOOD, "size": 3, "scale": "big"}

    checked(body, "off")

    assert body == {**GOOD, "size": 3, "scale": "big"}


def test_a_body_that_cannot_be_mended_is_refused_after_all() -> None:
    failure, _ = checked({}, "off", STRANGER_TO_NONE)

    assert isinstance(failure, Failure)


# ----------------------------------------------------------------------------------------------- notes


def test_members_that_are_documented_as_such_are_noted() -> None:
    gate = Gate()

    assert note_members(Drawing, {"colour": "red", "theShine": 1}, gate) is None
    assert gate.findings == [
        Finding("deprecated", "deprecated_parameter", "/colour", "Use a palette."),
        Finding("ignored", "ignored_parameter", "/theShine", "Nothing shines."),
    ]


def test_null_is_not_sent() -> None:
    gate = Gate()

    note_members(Drawing, {"colour": None}, gate)

    assert gate.findings == []


def test_strict_refuses_a_deprecated_member_but_no_ignored_one() -> None:
    assert note_members(Drawing, {"theShine": 1}, Gate("strict")) is None
    assert note_members(Drawing, {"colour": "red"}, Gate("strict")) == Failure(
        "invalid_request", message="Use a palette."
    )


# ---------------------------------------------------------------------------------------------- places


def test_a_pointer_escapes_what_it_is_made_of() -> None:
    assert pointer(("a", 0, "b/c", "d~e", "")) == "/a/0/b~1c/d~0e/"


@pytest.mark.parametrize(
    ("loc", "steps"),
    [
        (("shapes", 0, "square", "side"), ("shapes", 0, "side")),
        (("shapes", 5, "side"), ("shapes", 5, "side")),
        (("title", "[key]"), ("title",)),
        ((), ()),
    ],
)
def test_the_tags_of_unions_are_no_steps(loc: tuple[str | int, ...], steps: tuple[str | int, ...]) -> None:
    assert steps_to(loc, GOOD, is_tag) == steps


def test_a_tag_is_passed_once_and_then_is_a_member() -> None:
    body = {"type": "text", "text": "Hi"}

    assert steps_to(("text", "text"), body, lambda step, _: step == "text") == ("text",)


def test_of_very_many_faults_the_first_become_findings_and_the_others_count_all_the_same() -> None:
    strangers = {f"stranger-{number}": 1 for number in range(2_000)}

    drawing, findings = checked(GOOD | strangers)
    refused, _ = checked(GOOD | strangers | {"scale": "much"})

    assert (isinstance(drawing, Drawing), len(findings)) == (True, 1_000)
    assert refused == Failure("invalid_request", message="int_parsing", code="bad")
