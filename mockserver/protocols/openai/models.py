"""Models: the list, one model, and the dated snapshot that an alias stands for.

Mirrors "Models" of the OpenAI API reference and the model names of the official SDKs and of the gateway's
documentation (2026-11). Whether a model may be used is no matter of this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.base import Answer, Context, Route
from mockserver.protocols.openai.headers import json_answer

_SNAPSHOTS: Mapping[str, str] = {
    "gpt-5.5": "gpt-5.5-2026-04-23",
    "gpt-5.5-pro": "gpt-5.5-pro-2026-04-23",
    "gpt-5.4-mini": "gpt-5.4-mini-2026-03-17",
    "gpt-5.4-nano": "gpt-5.4-nano-2026-03-17",
    "gpt-5.2": "gpt-5.2-2025-12-11",
    "gpt-5.2-pro": "gpt-5.2-pro-2025-12-11",
    "gpt-5.1": "gpt-5.1-2025-11-13",
    "gpt-5": "gpt-5-2025-08-07",
    "gpt-5-mini": "gpt-5-mini-2025-08-07",
    "gpt-5-nano": "gpt-5-nano-2025-08-07",
    "gpt-5-pro": "gpt-5-pro-2025-10-06",
    "gpt-4.1": "gpt-4.1-2025-04-14",
    "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14",
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-4-turbo": "gpt-4-turbo-2024-04-09",
    "gpt-audio-mini": "gpt-audio-mini-2025-12-15",
    "o4-mini": "o4-mini-2025-04-16",
    "o3": "o3-2025-04-16",
    "o3-pro": "o3-pro-2025-06-10",
    "o3-mini": "o3-mini-2025-01-31",
    "o1": "o1-2024-12-17",
    "o1-pro": "o1-pro-2025-03-19",
    "gpt-4o-mini-tts": "gpt-4o-mini-tts-2025-12-15",
    "gpt-4o-mini-transcribe": "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-image-2": "gpt-image-2-2026-04-21",
    "gpt-image-2.5-sunburst": "gpt-image-2.5-sunburst-2026-09-08",
    "gpt-image-2.5-flare": "gpt-image-2.5-flare-2026-09-08",
    "sora-2": "sora-2-2025-12-08",
}
"""Alias -> the snapshot it stands for."""

_UNDATED: Mapping[str, str] = {
    "gpt-6.2-astra": "2026-10-20",
    "gpt-6-astra": "2026-08-18",
    "gpt-6.2-sol": "2026-10-20",
    "gpt-6-sol": "2026-08-18",
    "gpt-6-luna": "2026-08-18",
    "gpt-5.6-sol": "2026-06-16",
    "gpt-5.6-terra": "2026-06-16",
    "gpt-5.6-luna": "2026-06-16",
    "gpt-5.4": "2026-03-05",
    "gpt-4": "2023-06-27",
    "gpt-3.5-turbo": "2023-02-28",
    "gpt-3.5-turbo-instruct": "2023-08-24",
    "davinci-002": "2023-08-21",
    "babbage-002": "2023-08-21",
    "gpt-image-1.5": "2025-12-16",
    "gpt-4o-transcribe": "2025-03-15",
    "whisper-1": "2023-02-27",
    "text-embedding-3-large": "2024-01-22",
    "text-embedding-3-small": "2024-01-22",
    "text-embedding-ada-002": "2022-12-16",
    "omni-moderation-latest": "2024-11-15",
    "omni-moderation-2024-09-26": "2024-11-27",
    "text-moderation-latest": "2022-08-10",
    "text-moderation-stable": "2022-08-10",
    "claude-sonnet-4-6": "2026-02-17",
    "gemini-3.1-pro-preview": "2026-02-19",
}
"""Models without a snapshot of their own -> the day they came out, or near it."""

_OWNERS = {"claude": "anthropic", "gemini": "google"}


def snapshot(model: str) -> str:
    """The dated name that answers carry for `model`; a name that is no alias is its own."""
    return _SNAPSHOTS.get(model, model)


@lru_cache(maxsize=256)
def fingerprint(model: str) -> str:
    """What answers say of the system that served `model`."""
    return "fp_" + blake2b(model.encode(), digest_size=5).hexdigest()


def _created(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def _model(name: str, created: int, owner: str) -> JsonObject:
    return {"id": name, "object": "model", "created": created, "owned_by": owner}


def _catalogue() -> dict[str, JsonObject]:
    days = dict(_UNDATED)
    for alias, dated in _SNAPSHOTS.items():
        days[alias] = days[dated] = dated.removeprefix(f"{alias}-")
    return {
        name: _model(name, _created(day), _OWNERS.get(name.partition("-")[0], "system"))
        for name, day in days.items()
    }


_CATALOGUE = _catalogue()

OWN_MODELS = frozenset(_CATALOGUE)
"""What may be asked for where only known models are answered, besides those that the server lists itself."""


def _known(context: Context) -> dict[str, JsonObject]:
    scripted = {name: _model(name, int(context.now), "mockserver") for name in context.models}
    return scripted | _CATALOGUE


def list_models(_: Http, context: Context) -> Answer:
    return json_answer({"object": "list", "data": list(_known(context).values())}, context)


def get_model(http: Http, context: Context) -> Answer | Failure:
    name = http.params["model"]
    model = _known(context).get(name)
    return _missing(name) if model is None else json_answer(model, context)


def delete_model(http: Http, context: Context) -> Answer | Failure:
    """Tells that the model is deleted, and deletes nothing: the next test may want it."""
    name = http.params["model"]
    if name not in _known(context):
        return _missing(name)
    return json_answer({"id": name, "object": "model", "deleted": True}, context)


def _missing(name: str) -> Failure:
    return Failure("unknown_model", message=f"The model '{name}' does not exist", param="model")


ROUTES = (
    Route("GET", "/v1/models", list_models),
    Route("GET", "/v1/models/{model}", get_model),
    Route("DELETE", "/v1/models/{model}", delete_model),
)
