"""The routes of the Gemini API.

Mirrors the methods of the Gemini API reference (2026-11). All versions have the same handlers.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conversation import Http
from mockserver.protocols.base import Route, always
from mockserver.protocols.gemini.caches import (
    change_cache,
    create_cache,
    delete_cache,
    get_cache,
    list_caches,
)
from mockserver.protocols.gemini.count import count_tokens
from mockserver.protocols.gemini.dialect import DIALECT
from mockserver.protocols.gemini.embed import batch_embed_contents, embed_content
from mockserver.protocols.gemini.errors import google_key
from mockserver.protocols.gemini.models import get_model, list_models

VERSIONS = ("v1beta", "v1", "v1alpha")
COLLECTIONS = ("models", "tunedModels")


def has_google_key(http: Http) -> bool:
    """`/v1/models` is answered in the format that the client's credentials tell."""
    return bool(google_key(http))


def routes() -> Iterator[Route]:
    for version in VERSIONS:
        for collection in COLLECTIONS:
            yield from _methods(f"/{version}/{collection}/{{model}}")
        when = has_google_key if version == "v1" else always
        yield Route("GET", f"/{version}/models", list_models, when)
        yield Route("GET", f"/{version}/models/{{model}}", get_model, when)
        yield from _caches(f"/{version}/cachedContents")


def _methods(model: str) -> Iterator[Route]:
    yield Route("POST", f"{model}:generateContent", DIALECT)
    yield Route("POST", f"{model}:streamGenerateContent", DIALECT)
    yield Route("POST", f"{model}:countTokens", count_tokens)
    yield Route("POST", f"{model}:embedContent", embed_content, is_limited=True)
    yield Route("POST", f"{model}:batchEmbedContents", batch_embed_contents, is_limited=True)


def _caches(collection: str) -> Iterator[Route]:
    one = f"{collection}/{{cache}}"
    yield Route("POST", collection, create_cache)
    yield Route("GET", collection, list_caches)
    yield Route("GET", one, get_cache)
    yield Route("PATCH", one, change_cache)
    yield Route("DELETE", one, delete_cache)
