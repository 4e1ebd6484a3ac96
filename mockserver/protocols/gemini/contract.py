"""The request messages of the Gemini API, as typed models.

Mirrors "Generating content", "Counting tokens", "Embeddings" and "Caching" of the Gemini API reference, and
the types of google-genai 3.6 for the Developer API (2026-11): the same fields in v1, v1beta and v1alpha.
Shapes only: rules that go beyond the type of a field are in `rules` and `turns`, words in `wording`. Unknown
names are errors of this API; what the SDK has for the Agent Platform alone is unknown here.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import AliasChoices, Field

from mockserver.protocols.gemini.contract_parts import Content
from mockserver.protocols.gemini.contract_tools import Schema, Tool, ToolConfig
from mockserver.protocols.gemini.proto_types import (
    Bool,
    Bytes,
    Enum,
    Float,
    Int32,
    ProtoMessage,
    Repeated,
    Struct,
    one_of,
)

# --------------------------------------------------------------------------------------------- generation

HarmCategory: TypeAlias = Annotated[
    str,
    one_of(
        "HarmCategory",
        "HARM_CATEGORY_UNSPECIFIED",
        "HARM_CATEGORY_DEROGATORY",
        "HARM_CATEGORY_TOXICITY",
        "HARM_CATEGORY_VIOLENCE",
        "HARM_CATEGORY_SEXUAL",
        "HARM_CATEGORY_MEDICAL",
        "HARM_CATEGORY_DANGEROUS",
        "HARM_CATEGORY_HARASSMENT",
        "HARM_CATEGORY_HATE_SPEECH",
        "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_DANGEROUS_CONTENT",
        "HARM_CATEGORY_CIVIC_INTEGRITY",
        "HARM_CATEGORY_JAILBREAK",
        "HARM_CATEGORY_IMAGE_HATE",
        "HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT",
        "HARM_CATEGORY_IMAGE_HARASSMENT",
        "HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT",
    ),
]

HarmBlockThreshold: TypeAlias = Annotated[
    str,
    one_of(
        "SafetySetting.HarmBlockThreshold",
        "HARM_BLOCK_THRESHOLD_UNSPECIFIED",
        "BLOCK_LOW_AND_ABOVE",
        "BLOCK_MEDIUM_AND_ABOVE",
        "BLOCK_ONLY_HIGH",
        "BLOCK_NONE",
        "OFF",
    ),
]

Modality: TypeAlias = Annotated[
    str,
    one_of("GenerationConfig.Modality", "MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO", "VIDEO"),
]


class SafetySetting(ProtoMessage):
    category: HarmCategory | None = None
    threshold: HarmBlockThreshold | None = None


class ThinkingConfig(ProtoMessage):
    include_thoughts: Bool | None = None
    thinking_budget: Int32 | None = None
    thinking_level: (
        Annotated[
            str,
            one_of(
                "ThinkingConfig.ThinkingLevel",
                "THINKING_LEVEL_UNSPECIFIED",
                "LOW",
                "MEDIUM",
                "HIGH",
                "MINIMAL",
                "XHIGH",
            ),
        ]
        | None
    ) = None


class ImageConfig(ProtoMessage):
    aspect_ratio: str | None = None
    image_size: str | None = None


class PrebuiltVoiceConfig(ProtoMessage):
    voice_name: str | None = None


class VoiceConfig(ProtoMessage):
    prebuilt_voice_config: PrebuiltVoiceConfig | None = None
    replicated_voice_config: Struct | None = None
    voice: str | None = None


class SpeakerVoiceConfig(ProtoMessage):
    speaker: str | None = None
    voice_config: VoiceConfig | None = None


class MultiSpeakerVoiceConfig(ProtoMessage):
    speaker_voice_configs: Repeated[SpeakerVoiceConfig] | None = None


class SpeechConfig(ProtoMessage):
    voice_config: VoiceConfig | None = None
    multi_speaker_voice_config: MultiSpeakerVoiceConfig | None = None
    language_code: str | None = None


class GenerationConfig(ProtoMessage):
    temperature: Float | None = None
    top_p: Float | None = None
    top_k: Int32 | None = None
    candidate_count: Int32 | None = None
    max_output_tokens: Int32 | None = None
    stop_sequences: Repeated[str] | None = None
    seed: Int32 | None = None
    presence_penalty: Float | None = None
    frequency_penalty: Float | None = None
    response_logprobs: Bool | None = None
    logprobs: Int32 | None = None
    response_mime_type: str | None = None
    response_schema: Schema | None = None
    response_json_schema: Any = None
    raw_response_json_schema: Any = Field(
        default=None,
        alias="_responseJsonSchema",
        validation_alias=AliasChoices("_responseJsonSchema", "_response_json_schema"),
    )
    response_format: Any = None
    response_modalities: Repeated[Modality] | None = None
    media_resolution: Enum | None = None
    speech_config: SpeechConfig | None = None
    thinking_config: ThinkingConfig | None = None
    image_config: ImageConfig | None = None
    enable_affective_dialog: Bool | None = None
    enable_enhanced_civic_answers: Bool | None = None
    translation_config: Struct | None = None
    audio_transcription_config: Struct | None = None


class GenerateContentRequest(ProtoMessage):
    model: str | None = None
    contents: Repeated[Content] | None = None
    system_instruction: Content | None = None
    tools: Repeated[Tool] | None = None
    tool_config: ToolConfig | None = None
    safety_settings: Repeated[SafetySetting] | None = None
    generation_config: GenerationConfig | None = None
    cached_content: str | None = None
    labels: dict[str, str] | None = None
    service_tier: Enum | None = None
    store: Bool | None = None
    continuation_token: Bytes | None = None


class CountTokensRequest(ProtoMessage):
    model: str | None = None
    contents: Repeated[Content] | None = None
    generate_content_request: GenerateContentRequest | None = None


# ---------------------------------------------------------------------------------------------- embedding


class EmbedContentRequest(ProtoMessage):
    model: str | None = None
    content: Content | None = None
    task_type: Enum | None = None
    title: str | None = None
    output_dimensionality: Int32 | None = None
    embed_content_config: Struct | None = None


class BatchEmbedContentsRequest(ProtoMessage):
    model: str | None = None
    requests: Repeated[EmbedContentRequest] | None = None


# ------------------------------------------------------------------------------------------------- caches


class CachedContentUsage(ProtoMessage):
    total_token_count: Int32 | None = None


class CachedContent(ProtoMessage):
    """A CachedContent to create or to change. What the API fills in itself may be sent back to it."""

    name: str | None = None
    display_name: str | None = None
    model: str | None = None
    contents: Repeated[Content] | None = None
    system_instruction: Content | None = None
    tools: Repeated[Tool] | None = None
    tool_config: ToolConfig | None = None
    ttl: str | None = None
    expire_time: str | None = None
    create_time: str | None = None
    update_time: str | None = None
    usage_metadata: CachedContentUsage | None = None
