"""Whether what is sent on the wire of legacy completions is documented, and any request answered."""

from __future__ import annotations

from typing import Any, get_args

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types import Completion as SdkCompletion
from openai.types.completion_create_params import CompletionCreateParams
from protocols.openai.completions_wire import CONTEXT, answer, chunks, completion, request, stream
from protocols.openai.vendor_wire import SHAPE, exchange, findings, refused, told
from protocols.sdk_fields import unknown_fields
from protocols.sdk_values import values

from mockserver.conversation import Failure, FailureKind, Http, Refusal, Reply, Text, Usage
from mockserver.protocols.base import Answer
from mockserver.protocols.openai.completions import DIALECT
from mockserver.protocols.openai.completions.contract import CompletionRequest
from mockserver.protocols.openai.completions.contract_answer import Completion, CompletionChunk

HI = Reply((Text("Hi there, you!"),), usage=Usage(3, 4))
PATH = "/v1/completions"

replies = st.builds(
    Reply,
    st.lists(st.text(max_size=12).map(Text) | st.text(max_size=5).map(Refusal), max_size=3).map(tuple),
    finish=st.sampled_from(["stop", "length", "content_filter", "stop_sequence", "refusal", "pause"]),
    usage=st.builds(Usage, st.integers(0, 99), st.integers(0, 99), st.integers(0, 9)),
)
forms = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(1, 2),
        "echo": st.booleans(),
        "logprobs": st.integers(0, 5),
        "prompt": st.just([[1, 2], [3]]) | st.text(max_size=9),
    },
)


@given(reply=replies, form=forms, include_usage=st.booleans())
@settings(max_examples=60, deadline=None)
def test_what_is_sent_is_documented(reply: Reply, form: dict[str, Any], *, include_usage: bool) -> None:
    whole = answer(reply, **form)
    streamed = stream(reply, stream_options={"include_usage": include_usage}, **form)

    assert [*DIALECT.review(whole), *DIALECT.review(streamed)] == []
    if not form.get("echo"):  # the SDK has no place for the likelihood that is not known
        SdkCompletion.model_validate_json(whole.body, strict=True)


@pytest.mark.parametrize("kind", [kind for kinds in get_args(FailureKind) for kind in get_args(kinds)])
def test_errors_are_documented(kind: FailureKind) -> None:
    refusal = DIALECT.refuse(Failure(kind), Http("POST", PATH), CONTEXT)
    encoder = DIALECT.encoder(request(stream=True), CONTEXT)
    broken = Answer(200, (), b"".join(encoder.fail(Failure(kind))))

    assert [*DIALECT.review(refusal), *DIALECT.review(broken)] == []


def test_what_is_not_documented_in_a_scripted_answer_is_found() -> None:
    whole = {**completion(HI), "colour": "red", "created": "now"}
    chunk = {**chunks(HI)[0], "choices": [{"text": "x", "index": 0, "delta": {}}]}
    body = Answer(200, (), orjson.dumps(whole))
    events = Answer(200, (), DIALECT.frame("hello") + DIALECT.frame(chunk))

    assert [(found.severity, found.pointer) for found in DIALECT.review(body)] == [
        ("error", "/created"),
        ("unknown", "/colour"),
    ]
    assert [(found.severity, found.pointer) for found in DIALECT.review(events)] == [
        ("error", "/1/choices/0/logprobs"),
        ("error", "/1/choices/0/finish_reason"),
        ("unknown", "/1/choices/0/delta"),
    ]


def test_bytes_that_are_no_text_are_not_reviewed() -> None:
    assert [*DIALECT.review(Answer(200, (), b"\xff\xfe"))] == []


def test_the_sdk_sends_and_reads_nothing_that_we_do_not_know() -> None:
    assert unknown_fields(CompletionCreateParams, CompletionRequest) == set()
    assert unknown_fields(SdkCompletion, Completion) == set()
    assert unknown_fields(SdkCompletion, CompletionChunk) == set()


@given(body=values(CompletionCreateParams, {}))
@settings(max_examples=50, deadline=None)
def test_whatever_the_sdk_can_build_is_not_refused_for_its_shape(body: Any) -> None:
    assert not SHAPE & {code for _, code, _ in findings(PATH, body, contract="off")}


# ------------------------------------------------------------------------------------------- the service


def test_a_request_is_answered_within_its_limit() -> None:
    body = told(PATH, {"model": "davinci-002", "prompt": "Hello!", "max_tokens": 2})

    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 2


def test_an_unknown_model_is_not_found() -> None:
    status, error = refused(PATH, {"model": "gpt-0", "prompt": "Hi"}, models="known")

    assert (status, error["code"]) == (404, "model_not_found")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names = (
    *("model", "prompt", "best_of", "echo", "logprobs", "max_tokens", "n", "stop", "stream"),
    *("stream_options", "suffix", "x"),
)
bodies = st.fixed_dictionaries({}, optional=dict.fromkeys(names, json_values)) | json_values


@given(body=bodies, contract=st.sampled_from(["documented", "strict", "off"]))
@settings(max_examples=60, deadline=None)
def test_any_json_is_answered_or_refused(body: Any, contract: str) -> None:
    assert list(exchange(PATH, body, contract=contract, speed=0).steps)
