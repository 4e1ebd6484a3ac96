"""What a request of legacy completions asks, and what is refused in which words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocols.openai.completions_wire import CONTEXT, HELLO, read_body, request

from mockserver.conversation import Failure, Message, Request, Text

KNOWN = replace(CONTEXT, any_model=False, models=("mine",))


@pytest.mark.parametrize(
    ("prompt", "texts"),
    [
        ("Hi", ["Hi"]),
        (["Hi", "Ho"], ["Hi", "Ho"]),
        ([1, 2], ["1 2"]),
        ([[1, 2], [3]], ["1 2", "3"]),
        (None, ["<|endoftext|>"]),
    ],
)
def test_prompts_are_the_parts_of_one_message(prompt: Any, texts: list[str]) -> None:
    assert request(prompt=prompt).messages == (Message("user", tuple(map(Text, texts))),)


def test_the_default_is_sixteen_tokens() -> None:
    assert [request().max_tokens, request(max_tokens=0).max_tokens] == [16, 0]


def test_each_prompt_has_its_choices() -> None:
    assert request(prompt=["a", "b", "c"], n=2).choices == 6


@pytest.mark.parametrize(("stop", "sequences"), [("x", ("x",)), (["x", "y"], ("x", "y")), (None, ())])
def test_stop_is_a_text_or_several(stop: Any, sequences: tuple[str, ...]) -> None:
    assert request(stop=stop).stop == sequences


@pytest.mark.parametrize(
    ("members", "message", "param", "code"),
    [
        ({"model": ""}, "you must provide a model parameter", "model", "missing_required_parameter"),
        (
            {"prompt": []},
            (
                "Invalid 'prompt': empty array. Expected an array with minimum length 1, but got an empty "
                "array instead."
            ),
            "prompt",
            "empty_array",
        ),
        (
            {"logprobs": 6},
            "Invalid 'logprobs': integer above maximum value. Expected a value <= 5, but got 6 instead.",
            "logprobs",
            "integer_above_max_value",
        ),
        (
            {"best_of": 21},
            "Invalid 'best_of': integer above maximum value. Expected a value <= 20, but got 21 instead.",
            "best_of",
            "integer_above_max_value",
        ),
        (
            {"max_tokens": -1},
            "Invalid 'max_tokens': integer below minimum value. Expected a value >= 0, but got -1 instead.",
            "max_tokens",
            "integer_below_min_value",
        ),
        (
            {"temperature": "hot"},
            "Invalid type for 'temperature': expected a decimal, but got a string instead.",
            "temperature",
            "invalid_type",
        ),
        (
            {"stop": ["a", "b", "c", "d", "e"]},
            (
                "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array "
                "with length 5 instead."
            ),
            "stop",
            "array_above_max_length",
        ),
        (
            {"stream_options": {"include_usage": True}},
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            "stream_options",
            None,
        ),
        (
            {"n": 3, "best_of": 2},
            (
                "You requested that the server return more choices than it will generate (HINT: You must set "
                "'n' (currently 3) to be at most 'best_of' (currently 2), or omit either parameter if you "
                "don't specifically want to use them.)"
            ),
            None,
            None,
        ),
    ],
)
def test_what_the_api_refuses_is_refused_in_its_words(
    members: dict[str, Any], message: str, param: str | None, code: str | None
) -> None:
    expected = Failure("invalid_request", message=message, param=param, code=code)

    assert read_body({**HELLO, **members}) == expected


@pytest.mark.parametrize("missing", ["model", "prompt"])
def test_model_and_prompt_are_required(missing: str) -> None:
    outcome = read_body({name: value for name, value in HELLO.items() if name != missing})

    assert isinstance(outcome, Failure)
    assert (outcome.param, outcome.code) == (missing, "missing_required_parameter")


def test_an_unknown_model_is_not_found_where_only_known_ones_may_be_asked() -> None:
    assert read_body({**HELLO, "model": "gpt-0"}, KNOWN) == Failure("unknown_model")
    assert request(KNOWN).model == "gpt-3.5-turbo-instruct"
    assert request(KNOWN, model="mine").model == "mine"


def test_what_may_be_ignored_and_what_is_unknown_is_noted() -> None:
    asked = request(frequency_penalty=1, logit_bias={"50256": -100}, presence_penalty=None, colour="red")

    assert [(finding.severity, finding.pointer) for finding in asked.findings] == [
        ("unknown", "/colour"),
        ("ignored", "/frequency_penalty"),
        ("ignored", "/logit_bias"),
    ]


def test_nothing_is_refused_where_the_contract_is_off() -> None:
    outcome = read_body({"prompt": [1, "a"], "n": 0, "stop": {}, "echo": 1}, replace(CONTEXT, contract="off"))

    assert isinstance(outcome, Request)
    assert {finding.pointer for finding in outcome.findings} == {
        *("/model", "/prompt/1", "/n", "/stop", "/echo")
    }


documented = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["gpt-3.5-turbo-instruct", "davinci-002"]),
        "prompt": st.none()
        | st.text(max_size=9)
        | st.lists(st.text(max_size=9), min_size=1, max_size=3)
        | st.lists(st.integers(0, 99), min_size=1, max_size=3)
        | st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=3), min_size=1, max_size=3),
    },
    optional={
        "best_of": st.none() | st.integers(3, 20),
        "echo": st.none() | st.booleans(),
        "frequency_penalty": st.none() | st.floats(-2, 2),
        "logit_bias": st.none() | st.dictionaries(st.text(max_size=5), st.integers(-100, 100), max_size=2),
        "logprobs": st.none() | st.integers(0, 5),
        "max_tokens": st.none() | st.integers(0, 100),
        "n": st.none() | st.integers(1, 3),
        "presence_penalty": st.none() | st.floats(-2, 2),
        "seed": st.none() | st.integers(0, 2**31),
        "stop": st.none() | st.text(max_size=3) | st.lists(st.text(max_size=3), min_size=1, max_size=4),
        "stream": st.none() | st.booleans(),
        "suffix": st.none() | st.text(max_size=3),
        "temperature": st.none() | st.floats(0, 2),
        "top_p": st.none() | st.floats(0, 1),
        "user": st.text(max_size=3),
    },
)


@given(body=documented)
@settings(max_examples=60, deadline=None)
def test_what_the_sdk_can_send_is_not_refused(body: Any) -> None:
    assert isinstance(read_body(body), Request)
