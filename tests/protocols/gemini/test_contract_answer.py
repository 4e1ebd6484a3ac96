"""Google's SDK has no field for an answer of the Developer API that our contract of answers does not know."""

from __future__ import annotations

from enum import Enum
from typing import Any, get_args

import pytest
from google.genai import types
from protocols.sdk_fields import unknown_fields
from pydantic import BaseModel

from mockserver.protocols.gemini.contract_answer import (
    AnsweredCache,
    AnsweredModel,
    BatchEmbedContentsResponse,
    BlockReason,
    CountTokensResponse,
    FinishReason,
    GenerateContentResponse,
    ListCachedContentsResponse,
    ListModelsResponse,
    Modality,
)
from mockserver.protocols.gemini.contract_grounding import Probability

OUR_OWN: list[type[BaseModel]] = [
    GenerateContentResponse,
    CountTokensResponse,
    BatchEmbedContentsResponse,
    AnsweredModel,
    ListModelsResponse,
    AnsweredCache,
    ListCachedContentsResponse,
]
for _contract in OUR_OWN:
    _contract.model_rebuild(force=True)  # names are known once a model is built

OF_THE_SDK = {"sdkHttpResponse", "parsed", "automaticFunctionCallingHistory"}
"""What the SDK adds to an answer itself."""

AGENT_PLATFORM_ANSWER = {
    "createTime",
    "promptFeedback.blockReasonMessage",
    "promptFeedback.safetyRatings[].overwrittenThreshold",
    "promptFeedback.safetyRatings[].probabilityScore",
    "promptFeedback.safetyRatings[].severity",
    "promptFeedback.safetyRatings[].severityScore",
    "candidates[].safetyRatings[].overwrittenThreshold",
    "candidates[].safetyRatings[].probabilityScore",
    "candidates[].safetyRatings[].severity",
    "candidates[].safetyRatings[].severityScore",
    "candidates[].content.parts[].functionCall.partialArgs",
    "candidates[].content.parts[].functionCall.willContinue",
    "usageMetadata.trafficType",
}
"""What only the Agent Platform answers, say the SDK's types."""

RENAMED = {"candidates[].citationMetadata.citations"}
"""On the wire they are `citationSources`."""

AGENT_PLATFORM_EMBEDDING = {"metadata", "truncated", "embeddings[].statistics"}
GENERAL_USAGE = {
    f"usageMetadata.{name}"
    for name in (
        "cachedContentTokenCount",
        "responseTokenCount",
        "toolUsePromptTokenCount",
        "thoughtsTokenCount",
        "totalTokenCount",
        "promptTokensDetails",
        "cacheTokensDetails",
        "responseTokensDetails",
        "toolUsePromptTokensDetails",
        "trafficType",
        "serviceTier",
    )
}
"""The SDK has one type for all usages; recorded answers of embeddings hold none of these."""
AGENT_PLATFORM_MODEL = {"endpoints", "labels", "defaultCheckpointId", "checkpoints"}
TUNED = {"tunedModelInfo"}
"""A tuned model is not served."""
MODEL_RENAMED = {"supportedActions"}
"""On the wire they are `supportedGenerationMethods`."""
AGENT_PLATFORM_CACHE = {
    f"usageMetadata.{name}"
    for name in ("audioDurationSeconds", "imageCount", "textCount", "videoDurationSeconds")
}


def inside(place: str, names: set[str]) -> set[str]:
    return {f"{place}.{name}" for name in names}


@pytest.mark.parametrize(
    ("sdk", "ours", "listed"),
    [
        (
            types.GenerateContentResponse,
            GenerateContentResponse,
            OF_THE_SDK | AGENT_PLATFORM_ANSWER | RENAMED,
        ),
        (types.CountTokensResponse, CountTokensResponse, {"sdkHttpResponse"}),
        (
            types.EmbedContentResponse,
            BatchEmbedContentsResponse,
            {"sdkHttpResponse"} | AGENT_PLATFORM_EMBEDDING | GENERAL_USAGE,
        ),
        (types.Model, AnsweredModel, AGENT_PLATFORM_MODEL | TUNED | MODEL_RENAMED),
        (
            types.ListModelsResponse,
            ListModelsResponse,
            {"sdkHttpResponse"} | inside("models[]", AGENT_PLATFORM_MODEL | TUNED | MODEL_RENAMED),
        ),
        (types.CachedContent, AnsweredCache, AGENT_PLATFORM_CACHE),
        (
            types.ListCachedContentsResponse,
            ListCachedContentsResponse,
            {"sdkHttpResponse"} | inside("cachedContents[]", AGENT_PLATFORM_CACHE),
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_field_of_the_sdk_is_known(
    sdk: type[BaseModel], ours: type[BaseModel], listed: set[str]
) -> None:
    assert unknown_fields(sdk, ours, listed=listed) == set()


@pytest.mark.parametrize(
    ("sdk", "ours"),
    [
        (types.FinishReason, FinishReason),
        (types.BlockedReason, BlockReason),
        (types.MediaModality, Modality),
        (types.HarmProbability, Probability),
    ],
)
def test_every_value_of_an_enum_of_the_sdk_is_known(sdk: type[Enum], ours: Any) -> None:
    assert {member.value for member in sdk} == set(get_args(ours))
