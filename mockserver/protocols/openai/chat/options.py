"""What a request asks about the form of its answer, with the documented defaults.

Mirrors "Create chat completion" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.conversation import Request

_TIERS = {"flex": "flex", "scale": "scale", "priority": "priority", "fast": "priority"}
"""Tier asked for -> tier that served; the others are served by the default one."""


@dataclass(frozen=True, slots=True)
class Options:
    """`logprobs` None: not asked; else how many alternatives. `legacy`: functions are offered, not tools.
    `custom_tools` are the names of the offered tools that take free text.
    """

    include_usage: bool
    obfuscation: bool
    logprobs: int | None
    legacy: bool
    service_tier: str
    custom_tools: frozenset[str]


def options_of(request: Request) -> Options:
    body = request.body
    stream = body.get("stream_options") or {}
    return Options(
        include_usage=bool(stream.get("include_usage")),
        obfuscation=stream.get("include_obfuscation") is not False,
        logprobs=body.get("top_logprobs") or 0 if body.get("logprobs") else None,
        legacy=bool(body.get("functions")) and not body.get("tools"),
        service_tier=_TIERS.get(body.get("service_tier") or "", "default"),
        custom_tools=frozenset(tool.name for tool in request.tools if tool.custom),
    )
