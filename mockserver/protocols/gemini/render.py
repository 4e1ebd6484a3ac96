"""A reply as a whole answer. Mirrors "GenerateContentResponse" of the Gemini API reference (2026-11)."""

from __future__ import annotations

from mockserver.conversation import Reply, Request
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gemini.cached import cached_tokens
from mockserver.protocols.gemini.response import candidate, envelope, provenance, voice
from mockserver.protocols.gemini.usage import Meter, service_tier
from mockserver.protocols.gemini.wire import JSON_TYPE, pretty, shared_headers


def render(reply: Reply, request: Request, context: Context) -> Answer:
    told = voice(reply, request, context)
    candidates = [candidate(told, index) for index in range(request.choices)]
    meter = Meter(reply, request, cached_tokens(request.body, context))
    body = envelope(candidates, meter.final(), provenance(request, context))
    return Answer(200, (JSON_TYPE, *shared_headers(context, service_tier(request.body))), pretty(body))
