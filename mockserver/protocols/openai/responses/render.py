"""A reply as the JSON body of the Responses API.

Mirrors "Create a model response" and "Background mode" of the OpenAI documentation (2026-11). The response
itself is written in `response`, its items in `output`.
"""

from __future__ import annotations

from mockserver.conversation import Reply, Request
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.responses.options import options_of
from mockserver.protocols.openai.responses.output import output_of
from mockserver.protocols.openai.responses.response import QUEUED, finished, response_object


def render(reply: Reply, request: Request, context: Context) -> Answer:
    if options_of(request).background:
        # The client asks again until it is done, which it is by then.
        return json_answer(response_object(QUEUED, request, context), context)
    output = output_of(reply, request, context).items
    return json_answer(response_object(finished(reply, output), request, context), context)
