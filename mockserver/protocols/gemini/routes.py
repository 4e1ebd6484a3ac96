"""The routes of the Gemini API.

Mirrors the methods of the Gemini API reference (2026-11). All versions have the same handlers.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conversation import Http
from mockserver.protocols.base import Dialect, Route, always
from mockserver.protocols.gemini.wire import NAME, google_key
from mockserver.protocols.late import LateDialect, late


def _dialect() -> Dialect:
    from mockserver.protocols.gemini.dialect import GenerateContent

    return GenerateContent()


DIALECT: Dialect = LateDialect(NAME, _dialect)

_caches = late("mockserver.protocols.gemini.caches")
_count = late("mockserver.protocols.gemini.count")
_embed = late("mockserver.protocols.gemini.embed")
_models = late("mockserver.protocols.gemini.models")

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
        yield Route("GET", f"/{version}/models", _models("list_models"), when)
        yield Route("GET", f"/{version}/models/{{model}}", _models("get_model"), when)
        yield from _on_caches(f"/{version}/cachedContents")


def _methods(model: str) -> Iterator[Route]:
    yield Route("POST", f"{model}:generateContent", DIALECT)
    yield Route("POST", f"{model}:streamGenerateContent", DIALECT)
    yield Route("POST", f"{model}:countTokens", _count("count_tokens"))
    yield Route("POST", f"{model}:embedContent", _embed("embed_content"), is_limited=True)
    yield Route("POST", f"{model}:batchEmbedContents", _embed("batch_embed_contents"), is_limited=True)


def _on_caches(collection: str) -> Iterator[Route]:
    one = f"{collection}/{{cache}}"
    yield Route("POST", collection, _caches("create_cache"))
    yield Route("GET", collection, _caches("list_caches"))
    yield Route("GET", one, _caches("get_cache"))
    yield Route("PATCH", one, _caches("change_cache"))
    yield Route("DELETE", one, _caches("delete_cache"))
