"""The Gemini API, as the Gemini Developer API (AI Studio) speaks it: generateContent, countTokens,
embeddings, models, cached contents.

Which unknown paths are the family's stands here; its routes are in `routes`.
"""

from __future__ import annotations

import re

from mockserver.conversation import Failure, Http
from mockserver.protocols.base import Answer, Context, Description, Sdk, Vendor
from mockserver.protocols.gemini.routes import DIALECT, has_google_key, routes

__all__ = ["VENDOR"]

_OWN_PATHS = ("/v1beta/", "/v1alpha/", "/upload/")
_MODEL_METHOD = re.compile(r"/v1/(?:models|tunedModels)/.+:\w*")


def owns(http: Http) -> bool:
    path = f"{http.path}/"
    if path.startswith(_OWN_PATHS):
        return True
    if http.method == "POST" and _MODEL_METHOD.fullmatch(http.path):
        return True
    # A client that keeps its key where Google's do is answered in Google's words, whatever version it asks.
    return has_google_key(http)


def refuse(failure: Failure, http: Http, context: Context) -> Answer:
    return DIALECT.refuse(failure, http, context)


def describe() -> Description:
    from mockserver.protocols.gemini.operations import DESCRIPTION

    return DESCRIPTION


_MISLEADING = ("GEMINI_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE")

VENDOR = Vendor(
    name=DIALECT.name,
    routes=tuple(routes()),
    refuse=refuse,
    owns=owns,
    dialects=(DIALECT,),
    sdk=Sdk("Gemini", "", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_API_KEY", _MISLEADING),
    describe=describe,
)
