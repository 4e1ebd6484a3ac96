"""`usageMetadata`: of a whole answer, of each chunk of a stream, and read from a recording.

Mirrors "UsageMetadata" of the Gemini API reference and "Understand and count tokens" of its guides (2026-11),
in the order of the fields on the wire. Counters that are zero are left out, as ProtoJSON does. How many
tokens a reply has is said by the reply; how many a prompt has is `mockserver.limits`' matter.
"""

from __future__ import annotations

from dataclasses import replace

from mockserver.conversation import (
    Attachment,
    Image,
    Json,
    JsonObject,
    Message,
    Reply,
    Request,
    Thinking,
    Usage,
)
from mockserver.events import Delta, streamed_text
from mockserver.limits import count_input
from mockserver.protocols.gemini.wire import STANDARD_TIER
from mockserver.protocols.tolerant import count, members
from mockserver.text.tokens import count_tokens

_MEDIA = frozenset({"IMAGE", "VIDEO", "AUDIO"})
_TIERS = frozenset({STANDARD_TIER, "flex", "priority"})


class Meter:
    """Counts along with a stream: the prompt stands from the start; thoughts, then the answer, grow with what
    has been produced, shown or not, up to exactly the reply's own counts.
    """

    def __init__(self, reply: Reply, request: Request, cached: int = 0) -> None:
        self._reply = reply
        self._tier = service_tier(request.body)
        self._prompt = reply.usage.input
        self._thoughts = reply.usage.thinking * request.choices
        self._answer = max(0, reply.usage.output - reply.usage.thinking) * request.choices
        read = reply.usage.cached or min(cached, reply.usage.input)
        self._fixed: JsonObject = {
            "cachedContentTokenCount": read,
            "promptTokensDetails": prompt_details(reply.usage.input, request),
            "cacheTokensDetails": details({"TEXT": read}) if read else [],
        }

    def begin(self) -> None:
        """Count from the start of a stream. What has no text to grow with is there at once."""
        self._lengths = {True: 0, False: 0}
        for part in self._reply.parts:
            self._lengths[isinstance(part, Thinking)] += len(streamed_text(part))
        self._produced = {True: 0, False: 0}
        self._so_far = {
            True: 0 if self._lengths[True] else self._thoughts,
            False: 0 if self._lengths[False] else self._answer,
        }

    def advance(self, delta: Delta) -> tuple[int, int, int]:
        """The counters once this is produced, too: a share of the whole, rounded up."""
        is_thought = isinstance(delta.part, Thinking)
        self._produced[is_thought] += len(delta.text)
        if length := self._lengths[is_thought]:
            whole = self._thoughts if is_thought else self._answer
            self._so_far[is_thought] = -(-whole * self._produced[is_thought] // length)
        return self.so_far()

    def so_far(self) -> tuple[int, int, int]:
        """The counters that grow, in their order on the wire: the answer, the total, the thoughts."""
        answer, thoughts = self._so_far[False], self._so_far[True]
        return answer, self._prompt + answer + thoughts, thoughts

    def final(self) -> JsonObject:
        """The metadata of the whole answer."""
        total = self._prompt + self._answer + self._thoughts
        images = _image_tokens(self._reply, self._answer)
        return self.metadata(self._answer, total, self._thoughts, images=images)

    def metadata(self, answer: Json, total: Json, thoughts: Json, *, images: int = 0) -> JsonObject:
        """The metadata with these counters."""
        counters = {
            "promptTokenCount": self._prompt,
            "candidatesTokenCount": answer,
            "totalTokenCount": total,
            **self._fixed,
            "candidatesTokensDetails": details({"IMAGE": images}) if images else [],
            "thoughtsTokenCount": thoughts,
            "serviceTier": self._tier,
        }
        return {name: value for name, value in counters.items() if value}


def service_tier(body: JsonObject) -> str:
    """The tier that serves the request: the one it asks for, in lower case as on the wire."""
    asked = body.get("serviceTier")
    tier = asked.lower() if isinstance(asked, str) else ""
    return tier if tier in _TIERS else STANDARD_TIER


def details(counts: dict[str, int]) -> list[JsonObject]:
    """`ModalityTokenCount`s, without those of zero."""
    return [{"modality": name, "tokenCount": count} for name, count in counts.items() if count]


def read_usage(metadata: Json) -> Usage:
    """The counts that a recorded `usageMetadata` tells; what it leaves out is zero."""
    counters = members(metadata)
    thinking = count(counters.get("thoughtsTokenCount"))
    return Usage(
        input=count(counters.get("promptTokenCount")),
        output=count(counters.get("candidatesTokenCount")) + thinking,
        cached=count(counters.get("cachedContentTokenCount")),
        thinking=thinking,
    )


def _image_tokens(reply: Reply, answer: int) -> int:
    """What of the answer its texts do not account for, where there are images."""
    if not any(isinstance(part, Image) for part in reply.parts):
        return 0
    texts = (streamed_text(part) for part in reply.parts if not isinstance(part, Thinking))
    return max(0, answer - sum(map(count_tokens, texts)))


def prompt_details(total: int, request: Request) -> list[JsonObject]:
    """`total` by modality: what the texts do not account for falls to the first attachment."""
    if not request.attachments:
        return details({"TEXT": total})
    media = request.attachments[0]
    text = min(total, _count_texts(request))
    return details({"TEXT": text, modality(media.media_type): total - text})


def _count_texts(request: Request) -> int:
    """The tokens of the prompt without its attachments."""
    return count_input(replace(request, messages=tuple(map(_without_files, request.messages))))


def _without_files(message: Message) -> Message:
    texts = tuple(part for part in message.parts if not isinstance(part, Attachment))
    return replace(message, parts=texts)


def modality(media_type: str) -> str:
    """The API's word for the kind of a file; whatever is no picture, film or sound is a document."""
    kind = media_type.partition("/")[0].upper()
    return kind if kind in _MEDIA else "DOCUMENT"
