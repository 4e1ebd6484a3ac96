"""The Gemini API, as the Gemini Developer API (AI Studio) speaks it: generateContent, countTokens,
embeddings, models, cached contents.

The routes stand here, and which unknown paths are the family's; all versions have the same handlers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.conversation import Http
from mockserver.protocols.base import Route, Sdk, Vendor, always
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

__all__ = ["VENDOR"]

_VERSIONS = ("v1beta", "v1", "v1alpha")
_COLLECTIONS = ("models", "tunedModels")
_OWN_PATHS = ("/v1beta/", "/v1alpha/", "/upload/")
_MODEL_METHOD = re.compile(r"/v1/(?:models|tunedModels)/.+:\w*")


def has_google_key(http: Http) -> bool:
    """`/v1/models` is answered in the format that the client's credentials tell."""
    return bool(google_key(http))


def owns(http: Http) -> bool:
    path = f"{http.path}/"
    if path.startswith(_OWN_PATHS):
        return True
    if http.method == "POST" and _MODEL_METHOD.fullmatch(http.path):
        return True
    # A client that keeps its key where Google's do is answered in Google's words, whatever version it asks.
    return has_google_key(http)


def _routes() -> Iterator[Route]:
    for version in _VERSIONS:
        for collection in _COLLECTIONS:
            model = f"/{version}/{collection}/{{model}}"
            yield Route("POST", f"{model}:generateContent", DIALECT)
            yield Route("POST", f"{model}:streamGenerateContent", DIALECT)
            yield Route("POST", f"{model}:countTokens", count_tokens)
            yield Route("POST", f"{model}:embedContent", embed_content)
            yield Route("POST", f"{model}:batchEmbedContents", batch_embed_contents)
        when = has_google_key if version == "v1" else always
        yield Route("GET", f"/{version}/models", list_models, when)
        yield Route("GET", f"/{version}/models/{{model}}", get_model, when)
        yield from _cache_routes(f"/{version}/cachedContents")


def _cache_routes(collection: str) -> Iterator[Route]:
    one = f"{collection}/{{cache}}"
    yield Route("POST", collection, create_cache)
    yield Route("GET", collection, list_caches)
    yield Route("GET", one, get_cache)
    yield Route("PATCH", one, change_cache)
    yield Route("DELETE", one, delete_cache)


VENDOR = Vendor(
    name=DIALECT.name,
    routes=tuple(_routes()),
    refuse=DIALECT.refuse,
    owns=owns,
    dialects=(DIALECT,),
    sdk=Sdk("Gemini", "", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_API_KEY"),
)
