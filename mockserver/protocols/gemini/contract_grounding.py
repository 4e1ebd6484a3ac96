"""What an answer of the Gemini API tells of its sources, its safety and its probabilities, as typed models.

Mirrors "Candidate" and "GroundingMetadata" of the Gemini API reference and the types of google-genai 3.6 for
the Developer API (2026-11). Answers have lowerCamelCase names alone, and no member that is not named.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from mockserver.conversation import JsonObject


class Answered(BaseModel):
    """A message of an answer: everything that is zero or empty may be missing."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", strict=True, defer_build=True, protected_namespaces=()
    )


# ---------------------------------------------------------------------------------------------- citations


class Date(Answered):
    year: int | None = None
    month: int | None = None
    day: int | None = None


class CitationSource(Answered):
    start_index: int | None = None
    end_index: int | None = None
    uri: str | None = None
    title: str | None = None
    license: str | None = None
    publication_date: Date | None = None


class CitationMetadata(Answered):
    """The SDK calls them `citations`; on the wire they are `citationSources`."""

    citation_sources: list[CitationSource] | None = None


# ------------------------------------------------------------------------------------------------ grounding


class WebChunk(Answered):
    uri: str | None = None
    title: str | None = None
    domain: str | None = None


class ImageChunk(Answered):
    source_uri: str | None = None
    image_uri: str | None = None
    title: str | None = None
    domain: str | None = None


class MapsChunk(Answered):
    """`placeAnswerSources` and `route` are left open."""

    uri: str | None = None
    title: str | None = None
    text: str | None = None
    place_id: str | None = None
    place_answer_sources: JsonObject | None = None
    route: JsonObject | None = None


class RetrievedContext(Answered):
    """`ragChunk` and `customMetadata` are left open."""

    uri: str | None = None
    title: str | None = None
    text: str | None = None
    document_name: str | None = None
    file_search_store: str | None = None
    page_number: int | None = None
    media_id: str | None = None
    rag_chunk: JsonObject | None = None
    custom_metadata: list[JsonObject] | None = None


class GroundingChunk(Answered):
    web: WebChunk | None = None
    image: ImageChunk | None = None
    maps: MapsChunk | None = None
    retrieved_context: RetrievedContext | None = None


class Segment(Answered):
    part_index: int | None = None
    start_index: int | None = None
    end_index: int | None = None
    text: str | None = None


class GroundingSupport(Answered):
    segment: Segment | None = None
    grounding_chunk_indices: list[int] | None = None
    confidence_scores: list[float] | None = None
    rendered_parts: list[int] | None = None


class SearchEntryPoint(Answered):
    rendered_content: str | None = None
    sdk_blob: str | None = None


class RetrievalMetadata(Answered):
    google_search_dynamic_retrieval_score: float | None = None


class SourceFlaggingUri(Answered):
    source_id: str | None = None
    flag_content_uri: str | None = None


class GroundingMetadata(Answered):
    web_search_queries: list[str] | None = None
    image_search_queries: list[str] | None = None
    retrieval_queries: list[str] | None = None
    search_entry_point: SearchEntryPoint | None = None
    grounding_chunks: list[GroundingChunk] | None = None
    grounding_supports: list[GroundingSupport] | None = None
    retrieval_metadata: RetrievalMetadata | None = None
    google_maps_widget_context_token: str | None = None
    source_flagging_uris: list[SourceFlaggingUri] | None = None


class UrlMetadata(Answered):
    retrieved_url: str | None = None
    url_retrieval_status: str | None = None


class UrlContextMetadata(Answered):
    url_metadata: list[UrlMetadata] | None = None


# ------------------------------------------------------------------------------------ safety, probabilities

Probability: TypeAlias = Literal["HARM_PROBABILITY_UNSPECIFIED", "NEGLIGIBLE", "LOW", "MEDIUM", "HIGH"]


class SafetyRating(Answered):
    category: str | None = None
    probability: Probability | None = None
    blocked: bool | None = None


class LogprobsCandidate(Answered):
    token: str | None = None
    token_id: int | None = None
    log_probability: float | None = None


class TopCandidates(Answered):
    candidates: list[LogprobsCandidate] | None = None


class LogprobsResult(Answered):
    top_candidates: list[TopCandidates] | None = None
    chosen_candidates: list[LogprobsCandidate] | None = None
    log_probability_sum: float | None = None
