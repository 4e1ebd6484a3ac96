"""What each method of the API takes and gives, for who describes the API. Nothing here is needed to serve it.

Mirrors the methods of the Gemini API reference (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.protocols.base import Description, Operation
from mockserver.protocols.gemini.contract import (
    BatchEmbedContentsRequest,
    CachedContent,
    CountTokensRequest,
    EmbedContentRequest,
    GenerateContentRequest,
)
from mockserver.protocols.gemini.contract_answer import (
    AnsweredCache,
    AnsweredModel,
    BatchEmbedContentsResponse,
    CountTokensResponse,
    EmbedContentResponse,
    GenerateContentArray,
    GenerateContentEvent,
    GenerateContentResponse,
    ListCachedContentsResponse,
    ListModelsResponse,
    Nothing,
    PageQuery,
    PatchQuery,
    Refusal,
    StreamQuery,
)
from mockserver.protocols.gemini.routes import COLLECTIONS, VERSIONS

_ERRORS = (400, 401, 403, 404, 409, 429, 500, 503, 504)

_GENERATE = Operation(
    "Generate content", body=GenerateContentRequest, answer=GenerateContentResponse, errors=_ERRORS
)
_STREAM = Operation(
    "Stream generated content",
    body=GenerateContentRequest,
    query=StreamQuery,
    answer=GenerateContentArray,
    event=GenerateContentEvent,
    errors=_ERRORS,
)
_COUNT = Operation("Count tokens", body=CountTokensRequest, answer=CountTokensResponse, errors=_ERRORS)
_EMBED = Operation("Embed content", body=EmbedContentRequest, answer=EmbedContentResponse, errors=_ERRORS)
_EMBED_BATCH = Operation(
    "Embed contents", body=BatchEmbedContentsRequest, answer=BatchEmbedContentsResponse, errors=_ERRORS
)
_LIST_MODELS = Operation("List models", query=PageQuery, answer=ListModelsResponse, errors=_ERRORS)
_GET_MODEL = Operation("Get a model", answer=AnsweredModel, errors=_ERRORS)
_CREATE_CACHE = Operation("Cache content", body=CachedContent, answer=AnsweredCache, errors=_ERRORS)
_LIST_CACHES = Operation(
    "List cached contents", query=PageQuery, answer=ListCachedContentsResponse, errors=_ERRORS
)
_GET_CACHE = Operation("Get cached content", answer=AnsweredCache, errors=_ERRORS)
_CHANGE_CACHE = Operation(
    "Change when cached content expires",
    body=CachedContent,
    query=PatchQuery,
    answer=AnsweredCache,
    errors=_ERRORS,
)
_DELETE_CACHE = Operation("Delete cached content", answer=Nothing, errors=_ERRORS)


def _operations() -> Iterator[tuple[tuple[str, str], Operation]]:
    for version in VERSIONS:
        for collection in COLLECTIONS:
            model = f"/{version}/{collection}/{{model}}"
            yield ("POST", f"{model}:generateContent"), _GENERATE
            yield ("POST", f"{model}:streamGenerateContent"), _STREAM
            yield ("POST", f"{model}:countTokens"), _COUNT
            yield ("POST", f"{model}:embedContent"), _EMBED
            yield ("POST", f"{model}:batchEmbedContents"), _EMBED_BATCH
        yield ("GET", f"/{version}/models"), _LIST_MODELS
        yield ("GET", f"/{version}/models/{{model}}"), _GET_MODEL
        caches = f"/{version}/cachedContents"
        yield ("POST", caches), _CREATE_CACHE
        yield ("GET", caches), _LIST_CACHES
        yield ("GET", f"{caches}/{{cache}}"), _GET_CACHE
        yield ("PATCH", f"{caches}/{{cache}}"), _CHANGE_CACHE
        yield ("DELETE", f"{caches}/{{cache}}"), _DELETE_CACHE


DESCRIPTION = Description(dict(_operations()), Refusal)
