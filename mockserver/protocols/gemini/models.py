"""`models.list`, `models.get`: which models there are.

Mirrors "Models" of the Gemini API reference and "Gemini models" of its guides (2026-11). A model that is not
listed is served all the same, unless only known ones may be asked.
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gemini.paging import page_of
from mockserver.protocols.gemini.wire import answer_with, target
from mockserver.values import dataclass

_GENERATION = ("generateContent", "countTokens", "createCachedContent", "batchGenerateContent")
_EMBEDDING = ("embedContent", "countTextTokens", "countTokens", "asyncBatchEmbedContent")


@dataclass(frozen=True, slots=True)
class _Model:
    """`beta_only` models are not found in v1: "available in v1beta only", say the release notes."""

    name: str
    title: str
    input_limit: int = 1_048_576
    output_limit: int = 65_536
    thinking: bool = True
    beta_only: bool = False
    methods: tuple[str, ...] = _GENERATION

    @property
    def resource(self) -> JsonObject:
        generates = {"temperature": 1, "topP": 0.95, "topK": 64, "maxTemperature": 2}
        return {
            "name": f"models/{self.name}",
            "baseModelId": self.name,
            "version": "001",
            "displayName": self.title,
            "description": self.title,
            "inputTokenLimit": self.input_limit,
            "outputTokenLimit": self.output_limit,
            "supportedGenerationMethods": list(self.methods),
            **(generates if "generateContent" in self.methods else {}),
            **({"thinking": True} if self.thinking else {}),
        }


_MODELS = (
    _Model("gemini-3.6-flash", "Gemini 3.6 Flash"),
    _Model("gemini-3.5-flash", "Gemini 3.5 Flash"),
    _Model("gemini-3.1-pro-preview", "Gemini 3.1 Pro Preview"),
    _Model("gemini-3.1-flash-lite", "Gemini 3.1 Flash-Lite"),
    _Model("gemini-3.1-flash-image", "Gemini 3.1 Flash Image", 131_072, 32_768),
    _Model("gemini-3-pro-image-preview", "Gemini 3 Pro Image Preview", 131_072, 32_768),
    _Model("gemini-3-flash-preview", "Gemini 3 Flash Preview"),
    _Model("gemini-2.5-pro", "Gemini 2.5 Pro"),
    _Model("gemini-2.5-flash", "Gemini 2.5 Flash"),
    _Model("gemini-2.5-flash-lite", "Gemini 2.5 Flash-Lite"),
    _Model("gemini-2.5-flash-image", "Gemini 2.5 Flash Image", 32_768, 32_768, thinking=False),
    _Model("gemini-flash-latest", "Gemini Flash Latest", beta_only=True),
    _Model("gemini-flash-lite-latest", "Gemini Flash-Lite Latest", beta_only=True),
    _Model("gemini-pro-latest", "Gemini Pro Latest", beta_only=True),
    _Model("gemini-embedding-001", "Gemini Embedding 001", 2_048, 1, thinking=False, methods=_EMBEDDING),
    _Model("gemini-embedding-2", "Gemini Embedding 2", 8_192, 1, thinking=False, methods=_EMBEDDING),
)

_SUPPORTED_AS = {"streamGenerateContent": "generateContent", "batchEmbedContents": "embedContent"}
"""Methods that a model's resource does not name, and what it names instead."""


def is_known(http: Http, context: Context) -> bool:
    """Whether the model that is addressed may be asked by the method that is."""
    if context.any_model:
        return True
    addressed = target(http)
    method = _SUPPORTED_AS.get(addressed.method, addressed.method)
    return is_known_model(addressed.model, method, http, context)


def is_known_model(name: str, method: str, http: Http, context: Context) -> bool:
    """Whether a model may be asked by a method in this version."""
    if context.any_model:
        return True
    supporting = [model.name for model in _own_models(http) if method in model.methods]
    return context.knows(name.removeprefix("models/"), supporting)


def list_models(http: Http, context: Context) -> Answer | Failure:
    """One page of the models; the token of the next stands beside it, if there is one."""
    page = page_of(http)
    if isinstance(page, Failure):
        return page
    models = _models(http, context)
    listed = [model.resource for model in page.of(models)]
    return answer_with({"models": listed, **page.next(models)}, context)


def get_model(http: Http, context: Context) -> Answer | Failure:
    """One model by its name, with or without `models/`."""
    name = http.params["model"]
    found = next((model for model in _models(http, context) if model.name == name), None)
    return Failure("unknown_model") if found is None else answer_with(found.resource, context)


def _models(http: Http, context: Context) -> list[_Model]:
    """The models of the version that is asked, those of this server behind."""
    return [*_own_models(http), *(_Model(name, name) for name in context.models)]


def _own_models(http: Http) -> list[_Model]:
    """The models of the version that is asked; those of a beta are not in v1."""
    version = target(http).version
    return [model for model in _MODELS if version != "v1" or not model.beta_only]
