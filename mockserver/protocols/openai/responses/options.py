"""What a request asks about the form of its answer, with the documented defaults."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.conversation import Request
from mockserver.protocols.openai.responses.read_tools import image_tool
from mockserver.protocols.tolerant import count


@dataclass(frozen=True, slots=True)
class Options:
    """`encrypted`: reasoning carries its encrypted content. `logprobs` None: not asked; else how many
    alternatives. `custom_tools` are the names of the offered tools that take free text.
    """

    store: bool
    background: bool
    obfuscation: bool
    encrypted: bool
    summary: bool
    logprobs: int | None
    partial_images: int
    custom_tools: frozenset[str]


def options_of(request: Request) -> Options:
    body = request.body
    include = body.get("include") or ()
    store = body.get("store") is not False
    return Options(
        store=store,
        background=bool(body.get("background")),
        obfuscation=(body.get("stream_options") or {}).get("include_obfuscation") is not False,
        # What the API does not keep, the client must be able to send back.
        encrypted=not store or "reasoning.encrypted_content" in include,
        summary=request.include_thinking,
        logprobs=body.get("top_logprobs") or 0 if "message.output_text.logprobs" in include else None,
        partial_images=count(image_tool(body).get("partial_images")),
        custom_tools=frozenset(tool.name for tool in request.tools if tool.custom),
    )
