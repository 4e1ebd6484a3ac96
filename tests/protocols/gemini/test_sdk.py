"""What the official SDK makes of the wire, and what the wire makes of the SDK's own requests; no sockets."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import orjson
import pydantic
import pytest
from google.genai import errors, types
from protocols.gemini.gemini_wire import chunks, rendered
from protocols.gemini.sdk_upstream import MODEL, Upstream

from mockserver.conversation import (
    Failure,
    Image,
    Message,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    Text,
    Thinking,
    ToolCall,
    ToolChoice,
    ToolResult,
    Usage,
)

SHOW_THOUGHTS = types.GenerateContentConfig(thinking_config=types.ThinkingConfig(include_thoughts=True))


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_GENAI_API_VERSION"):
        monkeypatch.delenv(name, raising=False)


def only_candidate(response: types.GenerateContentResponse) -> types.Candidate:
    assert response.candidates
    [candidate] = response.candidates
    return candidate


# ------------------------------------------------------------------------------------------------ replies


def test_a_text_is_read_whole() -> None:
    response = Upstream(Reply((Text("Hi there!"),), usage=Usage(input=4, output=3))).ask()

    assert response.text == "Hi there!"
    assert only_candidate(response).finish_reason is types.FinishReason.STOP
    assert response.model_version == MODEL
    assert response.response_id
    assert response.usage_metadata
    assert response.usage_metadata.total_token_count == 7
    assert response.sdk_http_response
    assert (response.sdk_http_response.headers or {})["x-gemini-service-tier"] == "standard"


def test_a_stream_adds_up_to_the_text() -> None:
    chunks = list(Upstream(Reply((Text("Hi there, „you“!"),))).stream())

    assert "".join(chunk.text or "" for chunk in chunks) == "Hi there, „you“!"
    assert [only_candidate(chunk).finish_reason for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert only_candidate(chunks[-1]).finish_reason is types.FinishReason.STOP
    assert len({chunk.response_id for chunk in chunks}) == 1


def test_thoughts_are_no_part_of_the_text() -> None:
    reply = Reply((Thinking("Let me see."), Text("Hi!")), usage=Usage(4, 9, thinking=6))

    response = Upstream(reply).ask(config=SHOW_THOUGHTS)

    assert response.text == "Hi!"
    assert [part.thought for part in response.parts or ()] == [True, None]
    assert response.usage_metadata
    assert response.usage_metadata.thoughts_token_count == 6


CALLS = Reply((ToolCall("get_weather", {"city": "Paris"}, "call_1"), ToolCall("now", {})), "tool_calls")


def calls_of(response: types.GenerateContentResponse) -> list[tuple[str | None, Any, bool]]:
    return [
        (call.name, call.args, bool(part.thought_signature))
        for part in response.parts or ()
        if (call := part.function_call)
    ]


def test_calls_are_read_whole() -> None:
    response = Upstream(CALLS).ask()

    assert calls_of(response) == [("get_weather", {"city": "Paris"}, True), ("now", {}, False)]
    assert response.function_calls
    assert response.function_calls[0].id == "call_1"


def test_streamed_calls_are_read_whole() -> None:
    chunks = list(Upstream(CALLS).stream())

    assert [call for chunk in chunks for call in calls_of(chunk)] == [
        ("get_weather", {"city": "Paris"}, True),
        ("now", {}, False),
    ]


def test_an_image_is_read_as_bytes() -> None:
    [part] = Upstream(Reply((Image("image/png", "iVBORw0KGgo="),))).ask().parts or [types.Part()]

    assert part.inline_data == types.Blob(mime_type="image/png", data=b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply((Text("a"),), "length"), types.FinishReason.MAX_TOKENS),
        (Reply((), "length"), types.FinishReason.MAX_TOKENS),
        (Reply((Text("a"),), "content_filter"), types.FinishReason.SAFETY),
        (Reply((Refusal("No."),), "refusal"), types.FinishReason.STOP),
        (Reply((Text("a"),), NativeFinish("SPII")), types.FinishReason.SPII),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_finish_is_the_sdks_reason(reply: Reply, reason: types.FinishReason, streamed: bool) -> None:
    upstream = Upstream(reply)

    last = list(upstream.stream())[-1] if streamed else upstream.ask()

    assert only_candidate(last).finish_reason is reason


@pytest.mark.parametrize("streamed", [False, True])
def test_a_blocked_prompt_has_no_candidates(streamed: bool) -> None:
    upstream = Upstream(Failure("content_filter"))

    response = list(upstream.stream())[-1] if streamed else upstream.ask()

    assert not response.candidates
    assert response.prompt_feedback
    assert response.prompt_feedback.block_reason is types.BlockedReason.SAFETY


NATIVE = Native({"gemini": {"executableCode": {"language": "PYTHON", "code": "1"}}})
EVERYTHING = Reply(
    (Thinking("Hm"), Text("Hi"), Image("image/png", "aGk="), NATIVE, *CALLS.parts),
    "tool_calls",
    Usage(9, 900, 3, thinking=2),
)


def fits(answer: Any) -> types.GenerateContentResponse:
    """The answer as the SDK's strict type, which knows no service tier."""
    del answer["usageMetadata"]["serviceTier"]
    return types.GenerateContentResponse.model_validate(answer, strict=False)


def test_an_answer_has_no_field_that_the_sdk_does_not_know() -> None:
    assert types.GenerateContentResponse.model_config["extra"] == "forbid"

    config = {"thinkingConfig": {"includeThoughts": True}, "candidateCount": 2}
    response = fits(orjson.loads(rendered(EVERYTHING, generationConfig=config).body))

    assert len(response.candidates or ()) == 2


def test_a_chunk_has_no_field_that_the_sdk_does_not_know() -> None:
    config = {"thinkingConfig": {"includeThoughts": True}}
    found = [fits(chunk) for chunk in chunks(EVERYTHING, generationConfig=config)]

    assert "".join(chunk.text or "" for chunk in found) == "Hi"


class Person(pydantic.BaseModel):
    name: str


def test_structured_output_is_parsed() -> None:
    upstream = Upstream(Reply((Text('{"name":"Ada"}'),)))

    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=Person)
    response = upstream.ask(config=config)

    assert response.parsed == Person(name="Ada")
    assert upstream.requests[0].format.kind == "json_schema"
    assert (upstream.requests[0].format.schema or {})["properties"]["name"]["type"] == "string"


# ----------------------------------------------------------------------------------------------- requests


def test_the_sdks_own_request_is_read_whole() -> None:
    upstream = Upstream(Reply((Text("Hi"),)))
    picture = types.Part.from_bytes(data=b"\xfb\xff\xfe", mime_type="image/png")
    declaration = types.FunctionDeclaration(
        name="get_weather",
        description="The weather",
        parameters=types.Schema(
            type=types.Type.OBJECT,
            properties={"home_city": types.Schema(type=types.Type.STRING, nullable=True)},
            required=["home_city"],
        ),
    )
    mode = types.FunctionCallingConfigMode.ANY

    upstream.ask(
        ["What is this?", picture],
        types.GenerateContentConfig(
            system_instruction=["Be brief.", "Be kind."],
            tools=[types.Tool(function_declarations=[declaration])],
            tool_config=types.ToolConfig(function_calling_config=types.FunctionCallingConfig(mode=mode)),
            temperature=0.5,
            top_k=40,
            max_output_tokens=100,
            stop_sequences=["END"],
            safety_settings=[
                types.SafetySetting(
                    category=types.HarmCategory.HARM_CATEGORY_HARASSMENT,
                    threshold=types.HarmBlockThreshold.OFF,
                )
            ],
        ),
    )

    [asked] = upstream.requests
    assert asked.model == MODEL
    assert asked.http.path == f"/v1/models/{MODEL}:generateContent"
    assert asked.system == "Be brief.\nBe kind."
    [message] = asked.messages
    assert base64.b64decode(getattr(message.parts[1], "data", "")) == b"\xfb\xff\xfe"
    assert asked.tools[0].schema == {
        "required": ["home_city"],
        "type": "object",
        "properties": {"home_city": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
    }
    assert asked.tool_choice == ToolChoice("required")
    assert (asked.max_tokens, asked.stop) == (100, ("END",))


def get_weather(city: str) -> dict[str, int]:
    """The weather in a city."""
    return {"temp_c": len(city)}


def test_automatic_function_calling_comes_to_an_end() -> None:
    call = Reply((Thinking("Hm"), ToolCall("get_weather", {"city": "Paris"})), "tool_calls")
    upstream = Upstream(call, Reply((Text("5 degrees."),)))

    response = upstream.ask("Weather?", types.GenerateContentConfig(tools=[get_weather]))

    assert response.text == "5 degrees."
    _, assistant, tool = upstream.requests[1].messages
    assert [getattr(part, "name", "") for part in assistant.parts] == ["get_weather"]
    [result] = tool.parts
    assert isinstance(result, ToolResult)
    assert (result.name, result.value) == ("get_weather", {"temp_c": 5})


@pytest.mark.parametrize("first", [Reply((Text("Hi you!"),)), Reply((Thinking("Hm"), Text("Hi you!")))])
def test_a_streamed_chat_goes_on(first: Reply) -> None:
    upstream = Upstream(first, Reply((Text("Bye!"),)))
    chat = upstream.client.chats.create(model=MODEL, config=SHOW_THOUGHTS)

    told = ["".join(chunk.text or "" for chunk in chat.send_message_stream(say)) for say in ("Hello", "Bye")]

    assert told == ["Hi you!", "Bye!"]
    spoken = [message for message in upstream.requests[1].messages if message.role == "assistant"]
    assert "".join(message.text for message in spoken) == "Hi you!"
    assert upstream.requests[1].messages[-1] == Message("user", (Text("Bye"),))


# ------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("kind", "expected", "code", "status"),
    [
        ("authentication", errors.ClientError, 400, "INVALID_ARGUMENT"),
        ("rate_limit", errors.ClientError, 429, "RESOURCE_EXHAUSTED"),
        ("overloaded", errors.ServerError, 503, "UNAVAILABLE"),
        ("timeout", errors.ServerError, 504, "DEADLINE_EXCEEDED"),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_refusal_is_the_sdks_error(
    kind: Any,
    expected: type[errors.APIError],
    code: int,
    status: str,
    streamed: bool,
) -> None:
    upstream = Upstream(Failure(kind, message="No."))
    ask: Callable[[], Any] = (lambda: list(upstream.stream())) if streamed else upstream.ask

    with pytest.raises(expected) as caught:
        ask()

    assert (caught.value.code, caught.value.status, caught.value.message) == (code, status, "No.")


def test_a_wrong_request_is_the_sdks_error() -> None:
    with pytest.raises(errors.ClientError, match="parts must not be empty"):
        Upstream().ask([types.Content(role="user", parts=[])])


def test_an_error_inside_a_stream_comes_after_what_was_told() -> None:
    stream = Upstream(Reply((Text("Hi there!"),)), cut_by=Failure("overloaded", message="Later.")).stream()

    assert next(stream).text == "Hi"
    with pytest.raises(errors.ServerError, match="Later"):
        next(stream)


# ------------------------------------------------------------------------------------------- other routes


@pytest.mark.parametrize("version", ["v1", "v1beta", "v1alpha"])
def test_models_are_listed_in_pages(version: str) -> None:
    upstream = Upstream()
    config = types.ListModelsConfig(page_size=5, http_options=types.HttpOptions(api_version=version))

    found = [model.name for model in upstream.client.models.list(config=config)]

    assert len(found) == len(set(found)) > 10
    assert all(name and name.startswith("models/") for name in found)
    assert {http.path for http in upstream.https} == {f"/{version}/models"}


def test_a_model_is_shown_with_its_limits() -> None:
    model = Upstream().client.models.get(model="gemini-2.5-pro")

    assert model.input_token_limit == 1_048_576
    assert "generateContent" in (model.supported_actions or ())


def test_an_unlisted_model_is_the_sdks_error() -> None:
    with pytest.raises(errors.ClientError, match="models/nope for api version v1"):
        Upstream().client.models.get(model="nope")


def test_tokens_are_counted() -> None:
    assert Upstream().client.models.count_tokens(model=MODEL, contents="Hello there!").total_tokens == 7
