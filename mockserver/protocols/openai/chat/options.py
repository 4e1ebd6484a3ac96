"""What a request asks about the form of its answer, with the documented defaults.

Mirrors "Create chat completion" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.conversation import Request
from mockserver.protocols import tolerant

_TIERS = {"flex": "flex", "scale": "scale", "priority": "priority", "fast": "priority"}
"""Tier asked for -> tier that served; the others are served by the default one."""


@dataclass(frozen=True, slots=True)
class Options:
    """`logprobs` None: not asked; else how many alternatives. `legacy`: functions are offered, not tools.
    `custom_tools` are the names of the offered tools that take free text. `moderator` is the model that
    moderates, "" for none.
    """

    include_usage: bool
    obfuscation: bool
    logprobs: int | None
    legacy: bool
    service_tier: str
    custom_tools: frozenset[str]
    moderator: str
    store: bool


def options_of(request: Request) -> Options:
    """The options of a request; what is of a wrong type, and was let pass, is not asked for."""
    body = request.body
    stream = tolerant.members(body.get("stream_options"))
    return Options(
        include_usage=bool(stream.get("include_usage")),
        obfuscation=stream.get("include_obfuscation") is not False,
        logprobs=tolerant.count(body.get("top_logprobs")) if body.get("logprobs") else None,
        legacy=any(tolerant.objects(body.get("functions"))) and not any(tolerant.objects(body.get("tools"))),
        service_tier=_TIERS.get(tolerant.text(body.get("service_tier")), "default"),
        custom_tools=frozenset(tool.name for tool in request.tools if tool.custom),
        moderator=tolerant.text(tolerant.members(body.get("moderation")).get("model")),
        store=body.get("store") is True,
    )
