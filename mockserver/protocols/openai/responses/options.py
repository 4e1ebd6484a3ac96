"""What a request asks about the form of its answer, with the documented defaults."""

from __future__ import annotations

from collections.abc import Collection

from mockserver.conversation import Request
from mockserver.protocols.openai.responses.read_tools import image_tool
from mockserver.protocols.tolerant import count
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a request."""

    request: Request

    @property
    def store(self) -> bool:
        return self.request.body.get("store") is not False

    @property
    def background(self) -> bool:
        return bool(self.request.body.get("background"))

    @property
    def obfuscation(self) -> bool:
        options = self.request.body.get("stream_options") or {}
        return options.get("include_obfuscation") is not False

    @property
    def encrypted(self) -> bool:
        """Whether reasoning carries its encrypted content."""
        # What the API does not keep, the client must be able to send back.
        return not self.store or "reasoning.encrypted_content" in self._include

    @property
    def summary(self) -> bool:
        return self.request.include_thinking

    @property
    def logprobs(self) -> int | None:
        """How many alternatives; None where they are not asked for."""
        if "message.output_text.logprobs" not in self._include:
            return None
        return self.request.body.get("top_logprobs") or 0

    @property
    def partial_images(self) -> int:
        return count(image_tool(self.request.body).get("partial_images"))

    def takes_text(self, tool: str) -> bool:
        """Whether the tool of that name was offered as one that takes free text."""
        return any(offered.custom and offered.name == tool for offered in self.request.tools)

    @property
    def _include(self) -> Collection[str]:
        return self.request.body.get("include") or ()
