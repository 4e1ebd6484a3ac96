"""No request that Google's SDK can build is refused for its shape; and any JSON has an answer of the API."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import orjson
import pytest
from google.genai import errors, types
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from protocols.gemini.gemini_server import CACHES, MODEL, Server
from protocols.gemini.gemini_wire import CONTEXT, DIALECT
from protocols.gemini.sdk_upstream import Upstream
from protocols.gemini.sdk_values import built
from protocols.gemini.test_read_body import PLACES, json_values, planted

from mockserver.conversation import Failure, Http, Reply, Text
from mockserver.protocols.gemini.contract_answer import ErrorAnswer

settings_of_the_sdk = st.fixed_dictionaries(
    {},
    optional={
        "system_instruction": built(types.Content),
        "temperature": st.floats(0, 2),
        "top_k": st.integers(1, 40).map(float),
        "candidate_count": st.integers(1, 8),
        "max_output_tokens": st.integers(1, 100),
        "stop_sequences": st.lists(st.text(st.characters(codec="utf-8"), max_size=3), max_size=2),
        "response_modalities": st.lists(st.sampled_from(["TEXT", "IMAGE", "AUDIO"]), max_size=2),
        "response_schema": built(types.Schema),
        "response_mime_type": st.just("application/json"),
        "safety_settings": st.lists(built(types.SafetySetting), max_size=2),
        "tool_config": built(types.ToolConfig),
        "tools": st.lists(built(types.Tool), max_size=2),
        "labels": st.just({"any_name": "a"}),
        "speech_config": built(types.SpeechConfig),
        "thinking_config": built(types.ThinkingConfig),
        "image_config": built(types.ImageConfig),
        "media_resolution": st.sampled_from(types.MediaResolution),
        "audio_transcription_config": built(types.AudioTranscriptionConfig),
        "service_tier": st.sampled_from(types.ServiceTier),
        "store": st.booleans(),
        "continuation_token": st.binary(min_size=1, max_size=3),
        "enable_enhanced_civic_answers": st.booleans(),
    },
)
cached = {
    "ttl": st.integers(1, 99).map(lambda seconds: f"{seconds}.5s"),
    "display_name": st.just("book"),
    "system_instruction": built(types.Content),
    "tools": st.lists(built(types.Tool), max_size=2),
    "tool_config": built(types.ToolConfig),
}
contents = st.lists(built(types.Content), min_size=1, max_size=2)


@pytest.fixture(scope="module")
def upstream() -> Upstream:
    """One for all examples: clients of the SDK are slow to make."""
    return Upstream(*[Reply((Text("Hi"),))] * 1000)


def told_of_shape(upstream: Upstream) -> list[str]:
    """The words about names and types that the server has for what the SDK has sent."""
    refused = [found for http in upstream.https if isinstance(found := DIALECT.read(http, CONTEXT), Failure)]
    lines = [line for failure in refused for line in str(failure.message).split("\n")]
    return [line for line in lines if "Cannot find field" in line or "Invalid value" in line]


@given(contents=contents, config=settings_of_the_sdk)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_the_sdk_generates_from_is_known(upstream: Upstream, contents: Any, config: Any) -> None:
    upstream.https.clear()
    # Rules between fields and turns may be broken; and some schemas the SDK does not send at all.
    with contextlib.suppress(errors.ClientError, ValueError):
        upstream.ask(contents, types.GenerateContentConfig(**config))

    assert [line for line in told_of_shape(upstream) if "(oneof)" not in line] == []


@given(config=st.fixed_dictionaries({}, optional=cached))
@settings(max_examples=30, deadline=None)
def test_what_the_sdk_caches_is_known(upstream: Upstream, config: Any) -> None:
    content = types.UserContent("A long book.")

    made = upstream.client.caches.create(
        model="gemini-3.6-flash", config=types.CreateCachedContentConfig(contents=[content], **config)
    )

    assert made.name


ROUTES = (
    f"/v1beta/{MODEL}:generateContent",
    f"/v1beta/{MODEL}:streamGenerateContent",
    f"/v1beta/{MODEL}:countTokens",
    f"/v1beta/{MODEL}:embedContent",
    f"/v1beta/{MODEL}:batchEmbedContents",
    CACHES,
)


@pytest.mark.parametrize("mode", ["documented", "strict", "off"])
@given(
    path=st.sampled_from(ROUTES),
    body=st.tuples(st.sampled_from(PLACES), json_values).map(lambda item: planted(*item)) | json_values,
    members=st.fixed_dictionaries(
        {},
        optional={
            "requests": json_values,
            "content": json_values,
            "model": json_values,
            "ttl": json_values,
            "expireTime": json_values,
            "generateContentRequest": json_values,
            "cachedContent": json_values,
        },
    ),
)
@settings(max_examples=80, deadline=None)
def test_any_body_has_an_answer_of_the_api(mode: str, path: str, body: Any, members: Any) -> None:
    server = Server(speed=0, contract=mode)
    whole = {**body, **members} if isinstance(body, dict) else body
    content = json.dumps(whole).encode()

    answer = server.answer(Http("POST", path, {"x-goog-api-key": "k"}, {"alt": "json"}, content, key="k"))

    assert answer.status in {200, 400, 403, 404}
    told = orjson.loads(answer.body)
    if answer.status != 200:
        ErrorAnswer.model_validate(told[0] if isinstance(told, list) else told)
