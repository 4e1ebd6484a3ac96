"""The order of calls and results that the API wants, and what it takes although it looks wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest
from protocols.gemini.gemini_wire import NEW_MODEL, OLD_MODEL, UNARY, failure_for, read, unjudged

from mockserver.conversation import Failure, Request

NOT_AFTER_USER = (
    "Please ensure that function call turn comes immediately after a user turn or after a function "
    "response turn."
)
NOT_AFTER_CALL = "Please ensure that function response turn comes immediately after a function call turn."
OTHER_NUMBER = (
    "Please ensure that the number of function response parts is equal to the number of function call "
    "parts of the function call turn."
)

SIGNED = {"thoughtSignature": "c2lnbmVk"}


def text(words: str, role: str = "user", **marks: Any) -> Any:
    return {"role": role, "parts": [{"text": words, **marks}]}


def call(*names: str, ids: bool = False, signed: bool = True) -> Any:
    parts = [
        {"functionCall": {"name": name, "args": {}, **({"id": name} if ids else {})}, **SIGNED}
        for name in names
    ]
    if not signed:
        parts = [{"functionCall": part["functionCall"]} for part in parts]
    return {"role": "model", "parts": parts}


def result(*names: str, ids: bool = False, role: str = "user", response: Any = None) -> Any:
    told = {"result": 1} if response is None else response
    parts = [
        {"functionResponse": {"name": name, "response": told, **({"id": name} if ids else {})}}
        for name in names
    ]
    return {"role": role, "parts": parts}


def asked(*contents: Any, model: str = NEW_MODEL) -> Request | Failure:
    return read({"contents": list(contents)}, UNARY.replace(NEW_MODEL, model))


HI, ON = text("Hi"), text("Go on")


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ([call("f")], NOT_AFTER_USER),
        ([call("f"), result("f")], NOT_AFTER_USER),
        ([result("f")], NOT_AFTER_CALL),
        ([HI, result("f")], NOT_AFTER_CALL),
        ([HI, text("Hm", "model"), result("f")], NOT_AFTER_CALL),
        ([HI, call("f"), result("f"), text("Done", "model"), result("f")], NOT_AFTER_CALL),
        ([HI, call("f", "g"), result("f")], OTHER_NUMBER),
        ([HI, call("f"), result("f", "g")], OTHER_NUMBER),
        ([HI, call("f"), ON], OTHER_NUMBER),
        ([HI, call("f", ids=True), result("g", ids=True)], OTHER_NUMBER),
        ([HI, call("f", "g", ids=True), result("f", "f", ids=True)], OTHER_NUMBER),
        ([HI, call("f"), result("f"), result("f")], OTHER_NUMBER),
    ],
)
def test_turns_out_of_order_are_refused(contents: list[Any], message: str) -> None:
    assert failure_for({"contents": contents}).message == message


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param([HI, call("f")], id="a call that has no result yet"),
        pytest.param([HI, call("f"), result("f")], id="a call and its result"),
        pytest.param([HI, call("f"), result("f", role="function")], id="a result of the older role"),
        pytest.param([HI, call("f"), result("f", role="tool")], id="a result of another role"),
        pytest.param([HI, call("f", ids=True), result("f")], id="a result without the id of its call"),
        pytest.param([HI, call("f"), result("f", ids=True)], id="a result with an id of its own"),
        pytest.param([HI, call("f"), result("f", response={"error": "no"})], id="a failed call"),
        pytest.param([HI, call("f"), result("f", response={"result": {}})], id="a wrapped result"),
        pytest.param([HI, call("f", "g", ids=True), result("g", "f", ids=True)], id="another order"),
        pytest.param([HI, call("f"), call("g"), result("f", "g")], id="calls in contents of their own"),
        pytest.param([HI, call("f", "g"), result("f"), result("g")], id="results in contents of their own"),
        pytest.param([HI, ON, text("a", "model"), text("b", "model"), HI], id="consecutive contents"),
        pytest.param([HI, text("Hm", "model"), call("f"), result("f")], id="a text before a call"),
        pytest.param([HI, call("f"), text("", "model"), result("f")], id="an empty text behind a call"),
        pytest.param([HI, text("Hm", "model", thought=True), call("f"), result("f")], id="a thought before"),
        pytest.param([HI, call("f"), text(""), result("f")], id="an empty text before a result"),
        pytest.param([HI, call("f"), result("f"), ON], id="words behind a result"),
        pytest.param([text("Hm", "model"), HI], id="a model that begins"),
        pytest.param([HI, call("f"), result("f"), call("g"), result("g"), ON], id="step after step"),
    ],
)
def test_what_sdks_keep_as_history_is_taken(contents: list[Any]) -> None:
    found = asked(*contents)

    assert isinstance(found, Request), found


def test_a_result_that_goes_on_is_counted_once() -> None:
    first = result("f")
    first["parts"][0]["functionResponse"]["willContinue"] = True

    assert isinstance(asked(HI, call("f"), first, result("f")), Request)


# ---------------------------------------------------------------------------------------------- signatures


def test_a_call_without_its_signature_is_refused() -> None:
    failure = failure_for({"contents": [HI, call("get_weather", signed=False), result("get_weather")]})

    assert re.fullmatch(
        r"Function call is missing a thought_signature in functionCall parts\. This is required for tools to "
        r"work correctly, and missing thought_signature may lead to degraded model performance\. Additional "
        r"data, function call `default_api:get_weather` , position \d+\. Please refer to "
        r"https://ai\.google\.dev/gemini-api/docs/thought-signatures for more details\.",
        str(failure.message),
    )


@pytest.mark.parametrize(
    "contents",
    [
        [HI, call("f"), result("f"), call("g", signed=False), result("g")],
        [HI, call("f", signed=False), result("f"), call("g"), result("g")],
        [HI, call("h", signed=False), result("h"), ON, call("f", signed=False), result("f")],
        [HI, text("Hm", "model", **SIGNED), call("f", signed=False), result("f")],
    ],
)
def test_every_step_of_the_turn_that_goes_on_is_looked_at(contents: list[Any]) -> None:
    assert "missing a thought_signature" in str(failure_for({"contents": contents}).message)


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param([HI, call("f"), call("g", signed=False), result("f", "g")], id="parallel calls"),
        pytest.param([HI, call("f", signed=False), result("f"), ON], id="a turn that is over"),
        pytest.param([HI, call("f", signed=False), result("f"), text("So", "model"), ON], id="an old turn"),
    ],
)
def test_only_the_first_call_of_a_step_needs_a_signature(contents: list[Any]) -> None:
    assert isinstance(asked(*contents), Request)


@pytest.mark.parametrize("model", [OLD_MODEL, "mock-weather", "my-model", "gemini-flash-latest"])
def test_a_model_not_known_for_it_needs_no_signature(model: str) -> None:
    assert isinstance(asked(HI, call("f", signed=False), result("f"), model=model), Request)


@pytest.mark.parametrize(
    "signature",
    [
        "skip_thought_signature_validator",
        "context_engineering_is_the_way_to_go",
        "-_8",
        "+/8=",
        "c2lnbmVkIGVsc2V3aGVyZQ",
    ],
)
def test_any_signature_will_do(signature: str) -> None:
    called = call("f")
    called["parts"][0]["thoughtSignature"] = signature

    assert isinstance(asked(HI, called, result("f")), Request)


def test_where_nothing_is_refused_every_broken_rule_is_noted() -> None:
    found = unjudged(
        {"contents": [call("f", signed=False), result("f", "g"), text("a", "model"), result("f")]}
    )

    assert [(finding.pointer, finding.message[:40]) for finding in found.findings] == [
        ("/contents/0", NOT_AFTER_USER[:40]),
        ("/contents/1", OTHER_NUMBER[:40]),
        ("/contents/3", NOT_AFTER_CALL[:40]),
        ("/contents/0", "Function call is missing a thought_signa"),
    ]
    assert len(found.messages) == 4


def test_a_result_out_of_place_is_told_with_its_own_content() -> None:
    in_front = asked(text("Hi"), text("Here you are"), result("f"), result("g"))
    behind = asked(text("Hi"), text("Hello", "model"), text("Here you are"), result("f"))

    assert isinstance(in_front, Failure)
    assert isinstance(behind, Failure)
    assert [in_front.findings[0].pointer, behind.findings[0].pointer] == ["/contents/2", "/contents/3"]
