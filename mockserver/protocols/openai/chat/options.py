"""What a request asks about the form of its answer, with the documented defaults.

Mirrors "Create chat completion" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import JsonObject, Request
from mockserver.protocols import tolerant
from mockserver.values import dataclass

_TIERS = {"flex": "flex", "scale": "scale", "priority": "priority", "fast": "priority"}
"""Tier asked for -> tier that served; the others are served by the default one."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a request; what is of a wrong type, and was let pass, is not asked for."""

    request: Request

    @property
    def include_usage(self) -> bool:
        return bool(self._of_stream.get("include_usage"))

    @property
    def obfuscation(self) -> bool:
        return self._of_stream.get("include_obfuscation") is not False

    @property
    def logprobs(self) -> int | None:
        """How many alternatives; None where they are not asked for."""
        body = self.request.body
        return tolerant.count(body.get("top_logprobs")) if body.get("logprobs") else None

    @property
    def legacy(self) -> bool:
        """Whether functions are offered, not tools."""
        body = self.request.body
        return any(tolerant.objects(body.get("functions"))) and not any(tolerant.objects(body.get("tools")))

    @property
    def service_tier(self) -> str:
        return _TIERS.get(tolerant.text(self.request.body.get("service_tier")), "default")

    @property
    def moderator(self) -> str:
        """The model that moderates, "" for none."""
        return tolerant.text(tolerant.members(self.request.body.get("moderation")).get("model"))

    @property
    def store(self) -> bool:
        return self.request.body.get("store") is True

    def takes_text(self, tool: str) -> bool:
        """Whether the tool of that name was offered as one that takes free text."""
        return any(offered.custom and offered.name == tool for offered in self.request.tools)

    @property
    def _of_stream(self) -> JsonObject:
        return tolerant.members(self.request.body.get("stream_options"))
