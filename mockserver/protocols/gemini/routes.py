"""The routes of the Gemini API, and what each takes and gives.

Mirrors the methods of the Gemini API reference (2026-11). All versions have the same handlers.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conversation import Http
from mockserver.protocols.base import Operation, Route, always
from mockserver.protocols.gemini.caches import (
    change_cache,
    create_cache,
    delete_cache,
    get_cache,
    list_caches,
)
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
    StreamQuery,
)
from mockserver.protocols.gemini.count import count_tokens
from mockserver.protocols.gemini.dialect import DIALECT
from mockserver.protocols.gemini.embed import batch_embed_contents, embed_content
from mockserver.protocols.gemini.errors import google_key
from mockserver.protocols.gemini.models import get_model, list_models

_VERSIONS = ("v1beta", "v1", "v1alpha")
_COLLECTIONS = ("models", "tunedModels")

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


def has_google_key(http: Http) -> bool:
    """`/v1/models` is answered in the format that the client's credentials tell."""
    return bool(google_key(http))


def routes() -> Iterator[Route]:
    for version in _VERSIONS:
        for collection in _COLLECTIONS:
            yield from _methods(f"/{version}/{collection}/{{model}}")
        when = has_google_key if version == "v1" else always
        yield Route("GET", f"/{version}/models", list_models, when, _LIST_MODELS)
        yield Route("GET", f"/{version}/models/{{model}}", get_model, when, _GET_MODEL)
        yield from _caches(f"/{version}/cachedContents")


def _methods(model: str) -> Iterator[Route]:
    yield Route("POST", f"{model}:generateContent", DIALECT, operation=_GENERATE)
    yield Route("POST", f"{model}:streamGenerateContent", DIALECT, operation=_STREAM)
    yield Route("POST", f"{model}:countTokens", count_tokens, operation=_COUNT)
    yield Route("POST", f"{model}:embedContent", embed_content, operation=_EMBED)
    yield Route("POST", f"{model}:batchEmbedContents", batch_embed_contents, operation=_EMBED_BATCH)


def _caches(collection: str) -> Iterator[Route]:
    one = f"{collection}/{{cache}}"
    yield Route("POST", collection, create_cache, operation=_CREATE_CACHE)
    yield Route("GET", collection, list_caches, operation=_LIST_CACHES)
    yield Route("GET", one, get_cache, operation=_GET_CACHE)
    yield Route("PATCH", one, change_cache, operation=_CHANGE_CACHE)
    yield Route("DELETE", one, delete_cache, operation=_DELETE_CACHE)
