"""A reply as the JSON body of the Responses API.

Mirrors "Create a model response" and "Background mode" of the OpenAI documentation (2026-11). The response
itself is written in `response`, its items in `output`.
"""

from __future__ import annotations

from mockserver.conversation import Reply, Request
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.responses.options import Options
from mockserver.protocols.openai.responses.response import (
    QUEUED,
    finished_response,
    indented,
    response_object,
)


def render(reply: Reply, request: Request, context: Context) -> Answer:
    if Options(request).background:
        # The client asks again until it is done, which it is by then.
        return json_answer(response_object(QUEUED, request, context), context)
    return json_answer(indented(finished_response(reply, request, context), request.body), context)
