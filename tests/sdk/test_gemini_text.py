"""Google's SDK asks for texts: answers, streams, who is asked, what bounds an answer, and what blocks it."""

from __future__ import annotations

from typing import Any

import pytest
from google import genai
from google.genai import types
from sdk.gemini_strict import MODEL, Gemini, only, settled, strict_gemini, text_of

from mockserver.runner import MockServer

POEM = "The frost lets go of the garden wall,\na blackbird tries its oldest call,\nand rain, "


async def test_a_text_is_answered(gemini: Gemini) -> None:
    response = await gemini.ask("Hello!")

    candidate = only(response)
    assert response.text == "Hello! How can I help you today?"
    assert candidate.content
    assert (candidate.content.role, candidate.finish_reason) == ("model", types.FinishReason.STOP)
    assert (response.model_version, candidate.index) == (MODEL, 0)


async def test_usage_adds_up(gemini: Gemini) -> None:
    usage = (await gemini.ask("Hello!")).usage_metadata

    assert usage
    assert usage.prompt_token_count
    assert usage.candidates_token_count
    assert usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count


async def test_a_stream_adds_up_to_the_whole_answer(gemini: Gemini) -> None:
    whole = await gemini.ask("Write a poem.")
    chunks = await gemini.stream("Write a poem.")

    assert len(chunks) > 10
    assert text_of(chunks) == whole.text
    assert [only(chunk).finish_reason for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert only(chunks[-1]).finish_reason is types.FinishReason.STOP


async def test_the_last_chunk_has_the_usage_of_the_whole_answer(gemini: Gemini) -> None:
    whole = await gemini.ask("Write a poem.")
    chunks = await gemini.stream("Write a poem.")

    assert chunks[-1].usage_metadata == whole.usage_metadata


async def test_two_answers_have_two_ids(gemini: Gemini) -> None:
    ids = {(await gemini.ask()).response_id for _ in range(3)}

    assert len(ids) == 3


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        ("sdk-text", "Grüße, 世界! 👋 Done."),
        ("sdk-gemini-separators", "one\u2028two\u2029three\u0085four"),
    ],
)
async def test_letters_of_all_kinds_arrive(gemini: Gemini, scenario: str, expected: str) -> None:
    assert (await gemini.ask(model=f"mock-{scenario}")).text == expected
    assert text_of(await gemini.stream(model=f"mock-{scenario}")) == expected


# --------------------------------------------------------------------------------------------- who is asked


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gemini-2.5-pro", "gemini-2.5-pro"),
        ("models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("tunedModels/mine-1", "tunedModels/mine-1"),
        ("google/gemini-2.5-pro", "google/gemini-2.5-pro"),
    ],
)
async def test_a_model_has_its_name_with_or_without_its_collection(
    gemini: Gemini, name: str, expected: str
) -> None:
    response = await gemini.ask(model=name)

    assert response.model_version == expected
    assert gemini.mock.requests[-1].model == expected


@pytest.mark.parametrize("way", ["sync", "async"])
async def test_a_base_url_may_end_with_a_slash(server: MockServer, key: str, way: Any) -> None:
    async with strict_gemini(server, key, way, base_url=f"{server.urls.gemini}/") as gemini:
        assert (await gemini.ask("Hello!")).text


@pytest.mark.parametrize("version", ["v1", "v1beta", "v1alpha"])
async def test_every_version_answers(server: MockServer, key: str, version: str) -> None:
    async with strict_gemini(server, key, "async", api_version=version) as gemini:
        assert (await gemini.ask("Hello!")).text
        assert gemini.mock.requests[-1].http.path == f"/{version}/models/{MODEL}:generateContent"


def test_the_environment_is_enough(server: MockServer, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    for name, value in server.namespace(key).env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GOOGLE_GENAI_API_VERSION", "v1beta")

    with genai.Client() as client:
        response = client.models.generate_content(model=MODEL, contents="Hello!")

    assert response.text == "Hello! How can I help you today?"
    assert server.namespace(key).requests[-1].http.path.startswith("/v1beta/")


async def test_headers_of_one_request_choose_a_scenario(gemini: Gemini) -> None:
    options = types.HttpOptions(headers={"X-Mock-Scenario": "sdk-text"})

    assert (await gemini.ask("Hello!", http_options=options)).text == "Grüße, 世界! 👋 Done."


async def test_a_timeout_is_told_to_the_server(gemini: Gemini) -> None:
    await gemini.ask(http_options=types.HttpOptions(timeout=12_500))

    assert gemini.mock.requests[-1].http.headers["x-server-timeout"] == "13"


async def test_members_may_be_added_to_the_body(gemini: Gemini) -> None:
    options = types.HttpOptions(extra_body={"generationConfig": {"maxOutputTokens": 3}})

    assert (await gemini.ask("Write a poem.", http_options=options)).text == "The frost lets"


@pytest.mark.parametrize("tier", ["standard", "flex", "priority"])
async def test_the_tier_asked_for_is_told(gemini: Gemini, tier: str) -> None:
    whole = await gemini.ask(service_tier=tier)
    *_, last = await gemini.stream(service_tier=tier)

    for response in (whole, last):
        assert response.sdk_http_response
        assert response.sdk_http_response.headers
        assert response.sdk_http_response.headers["x-gemini-service-tier"] == tier


# -------------------------------------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("Be brief.", "Be brief."),
        (["Be brief.", "Be kind."], "Be brief.\nBe kind."),
        (types.Part(text="Be brief."), "Be brief."),
        (types.Content(role="user", parts=[types.Part(text="Be brief.")]), "Be brief."),
        (types.Content(parts=[types.Part(text="Be brief.")]), "Be brief."),
        ({"parts": [{"text": "Be brief."}]}, "Be brief."),
    ],
)
async def test_a_system_instruction_has_many_forms(gemini: Gemini, instruction: Any, expected: str) -> None:
    await gemini.ask(system_instruction=instruction)

    assert gemini.mock.requests[-1].system == expected


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ("Hello!", ["user: Hello!"]),
        (["Hello!", "Hello?"], ["user: Hello!Hello?"]),
        (types.Part(text="Hello!"), ["user: Hello!"]),
        (types.UserContent("Hello!"), ["user: Hello!"]),
        ([{"role": "user", "parts": [{"text": "Hello!"}]}], ["user: Hello!"]),
        (types.Content(parts=[types.Part(text="Hello!")]), ["user: Hello!"]),
        (
            [types.UserContent("Hi"), types.ModelContent("Hi!"), types.UserContent("Hello!")],
            ["user: Hi", "assistant: Hi!", "user: Hello!"],
        ),
    ],
)
async def test_contents_have_many_forms(gemini: Gemini, contents: Any, expected: list[str]) -> None:
    await gemini.ask(contents)

    assert [f"{message.role}: {message.text}" for message in gemini.mock.requests[-1].messages] == expected


async def test_every_way_to_tune_an_answer_is_taken(gemini: Gemini) -> None:
    response = await gemini.ask(
        temperature=1.5,
        top_p=0.9,
        top_k=40,
        seed=7,
        presence_penalty=0.1,
        frequency_penalty=-0.1,
        response_logprobs=True,
        logprobs=3,
        media_resolution=types.MediaResolution.MEDIA_RESOLUTION_LOW,
        speech_config="Kore",
        tools=[
            types.Tool(google_search=types.GoogleSearch()),
            types.Tool(url_context=types.UrlContext()),
            types.Tool(code_execution=types.ToolCodeExecution()),
        ],
    )

    assert response.text == "Hello! How can I help you today?"


async def test_every_safety_setting_is_taken(gemini: Gemini) -> None:
    categories = ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT", "CIVIC_INTEGRITY")
    thresholds = ("BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF")
    settings = [
        {"category": f"HARM_CATEGORY_{category}", "threshold": threshold}
        for category, threshold in zip(categories, thresholds, strict=True)
    ]

    assert (await gemini.ask(safety_settings=settings)).text


# ---------------------------------------------------------------------------------------- bounds of answers


async def test_an_answer_is_cut_at_the_limit_of_tokens(gemini: Gemini) -> None:
    whole = await gemini.ask("Write a poem.", max_output_tokens=5)
    chunks = await gemini.stream("Write a poem.", max_output_tokens=5)

    assert whole.text == text_of(chunks) == "The frost lets go of"
    for response in (whole, chunks[-1]):
        assert only(response).finish_reason is types.FinishReason.MAX_TOKENS
        assert response.usage_metadata
        assert response.usage_metadata.candidates_token_count == 5


async def test_an_answer_ends_before_a_stop_sequence(gemini: Gemini) -> None:
    whole = await gemini.ask("Write a poem.", stop_sequences=["in silver", "soft"])
    chunks = await gemini.stream("Write a poem.", stop_sequences=["in silver", "soft"])

    assert whole.text == text_of(chunks) == POEM
    assert only(whole).finish_reason is only(chunks[-1]).finish_reason is types.FinishReason.STOP


async def test_several_candidates_have_an_index_each(gemini: Gemini) -> None:
    response = await gemini.ask(candidate_count=2)

    candidates = response.candidates or []
    greeting = types.Content(role="model", parts=[types.Part(text="Hello! How can I help you today?")])
    assert [(candidate.index, candidate.content) for candidate in candidates] == [
        (0, greeting),
        (1, greeting),
    ]


async def test_chunks_are_marked_by_candidate(gemini: Gemini) -> None:
    chunks = await gemini.stream(candidate_count=2)

    for index in (0, 1):
        own = [chunk for chunk in chunks if only(chunk).index == index]
        assert text_of(own) == "Hello! How can I help you today?"
        assert only(own[-1]).finish_reason is types.FinishReason.STOP


async def test_counters_may_be_scripted(gemini: Gemini) -> None:
    whole = await gemini.ask(model="mock-sdk-gemini-cached")
    *_, last = await gemini.stream(model="mock-sdk-gemini-cached")

    usage = whole.usage_metadata
    assert usage == last.usage_metadata
    assert usage
    assert (usage.prompt_token_count, usage.cached_content_token_count) == (1000, 800)
    assert (usage.thoughts_token_count, usage.candidates_token_count) == (30, 20)
    assert usage.total_token_count == 1050


# ---------------------------------------------------------------------------------------------- other ends


async def test_a_blocked_prompt_has_feedback_instead_of_candidates(gemini: Gemini) -> None:
    whole = await gemini.ask("How?", model="mock-sdk-blocked")
    [chunk] = await gemini.stream("How?", model="mock-sdk-blocked")

    for response in (whole, chunk):
        assert response.candidates is None
        assert response.prompt_feedback
        assert response.prompt_feedback.block_reason is types.BlockedReason.SAFETY
        assert response.usage_metadata
        assert response.usage_metadata.total_token_count == response.usage_metadata.prompt_token_count


async def test_a_blocked_prompt_counts_as_much_as_an_answered_one(gemini: Gemini) -> None:
    blocked = await gemini.ask("How do you do?", model="mock-sdk-blocked")
    answered = await gemini.ask("How do you do?")

    assert blocked.usage_metadata
    assert answered.usage_metadata
    assert blocked.usage_metadata.prompt_token_count == answered.usage_metadata.prompt_token_count


async def test_a_blocked_answer_has_no_content(gemini: Gemini) -> None:
    whole = await gemini.ask(model="mock-sdk-filtered")
    *_, last = await gemini.stream(model="mock-sdk-filtered")

    for response in (whole, last):
        assert only(response).finish_reason is types.FinishReason.SAFETY
        assert only(response).content is None
        assert response.text is None


async def test_a_reason_of_this_api_alone_may_be_scripted(gemini: Gemini) -> None:
    whole = await gemini.ask(model="mock-sdk-gemini-recitation")
    *_, last = await gemini.stream(model="mock-sdk-gemini-recitation")

    assert only(whole).finish_reason is only(last).finish_reason is types.FinishReason.RECITATION


async def test_a_refusal_is_a_text_that_ends_as_any_other(gemini: Gemini) -> None:
    response = await gemini.ask("Write malware.")

    assert response.text == "I'm sorry, but I can't help with that."
    assert only(response).finish_reason is types.FinishReason.STOP


async def test_sources_and_code_are_read_where_the_sdk_looks_for_them(gemini: Gemini) -> None:
    response = await gemini.ask(model="mock-sdk-gemini-grounded")

    candidate = only(response)
    assert (response.executable_code, response.code_execution_result) == ("print(1 + 1)", "2")
    assert candidate.grounding_metadata
    assert candidate.grounding_metadata.web_search_queries == ["1 + 1"]
    assert candidate.citation_metadata
    assert [source.uri for source in candidate.citation_metadata.citations or ()] == ["https://example.com"]


async def test_sources_come_with_the_last_chunk(gemini: Gemini) -> None:
    *chunks, last = await gemini.stream(model="mock-sdk-gemini-grounded")

    assert only(last).grounding_metadata
    assert not any(only(chunk).grounding_metadata for chunk in chunks)


async def test_an_answer_as_it_came_is_there_for_the_asking(gemini: Gemini) -> None:
    response = await settled(
        gemini.api.models.generate_content(
            model=MODEL,
            contents="Hello!",
            config=types.GenerateContentConfig(should_return_http_response=True),
        )
    )

    assert response.sdk_http_response.body == gemini.received[-1].body.decode()
