"""A reply as the JSON body of a legacy completion, and what it has in common with a stream.

Mirrors "The completion object (legacy)" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.conversation import (
    Finish,
    JsonObject,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Text,
    Usage,
)
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai.completions.logprobs import legacy_logprobs
from mockserver.protocols.openai.completions.prompts import prompts_of
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.models import fingerprint, snapshot
from mockserver.protocols.tolerant import members
from mockserver.values import dataclass

_FINISHES: Mapping[Finish, str] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "stop",
    "content_filter": "content_filter",
    "stop_sequence": "stop",
    "refusal": "stop",
    "pause": "stop",
}


def is_told(part: ReplyPart) -> bool:
    """Whether this wire has a place for `part`: it knows nothing but text."""
    return isinstance(part, Text | Refusal)


def text_of(reply: Reply) -> str:
    return "".join(part.text for part in reply.parts if isinstance(part, Text | Refusal))


def render(reply: Reply, request: Request, context: Context) -> Answer:
    legacy = LegacyCompletion(request, context)
    reason, text = finish_reason(reply), text_of(reply)
    choices = [
        legacy.choice(index, [*legacy.echoed(index), text], reason) for index in range(request.choices)
    ]
    body = {**legacy.envelope(), "choices": choices, "usage": legacy.usage(reply.usage), **legacy.service()}
    return json_answer(body, context)


def finish_reason(reply: Reply) -> str:
    match reply.finish:
        case NativeFinish(value=value):
            return value
        case finish:
            return _FINISHES[finish]


@dataclass(frozen=True, slots=True)
class LegacyCompletion:
    """The answer to one request, whatever its form. What it asks of the form is taken where it is right: in
    a request that was let pass, anything may stand there.
    """

    request: Request
    context: Context

    @property
    def include_usage(self) -> bool:
        return members(self.request.body.get("stream_options")).get("include_usage") is True

    def envelope(self) -> JsonObject:
        """The members before `choices`."""
        return {
            "id": "cmpl-" + self.context.token("cmpl", 29),
            "object": "text_completion",
            "created": int(self.context.now),
            "model": snapshot(self.request.model),
        }

    def service(self) -> JsonObject:
        return {"system_fingerprint": fingerprint(self.request.model)}

    def echoed(self, index: int) -> list[str]:
        """The prompt of choice `index`, where it is to be told again: a prompt's choices stand together."""
        if self.request.body.get("echo") is not True:
            return []
        prompts = prompts_of(self.request.body.get("prompt"))
        return [prompts[index * len(prompts) // self.request.choices]]

    def choice(self, index: int, texts: list[str], reason: str | None, offset: int = 0) -> JsonObject:
        """A choice of the texts, the first of them perhaps the prompt, as it goes on from `offset`."""
        return {
            "text": "".join(texts),
            "index": index,
            "logprobs": self._logprobs(texts, offset),
            "finish_reason": reason,
        }

    def _logprobs(self, texts: list[str], offset: int) -> JsonObject | None:
        asked = self.request.body.get("logprobs")
        if not isinstance(asked, int) or isinstance(asked, bool):
            return None
        begins = not offset and bool(self.echoed(0))
        return legacy_logprobs(texts, min(max(asked, 0), 5), offset, begins=begins)

    def usage(self, usage: Usage) -> JsonObject:
        """The counts of the whole answer: every choice is paid for."""
        output = usage.output * self.request.choices
        return {
            "prompt_tokens": usage.input,
            "completion_tokens": output,
            "total_tokens": usage.input + output,
            **({"prompt_tokens_details": {"cached_tokens": usage.cached}} if usage.cached else {}),
        }
