"""The dialect `openai.responses`, and the routes of the Responses API.

Not served: `/responses/compact`, conversations, and the WebSocket mode.
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http, Json, Reply, Request, json_text
from mockserver.limits import count_input
from mockserver.protocols.base import Answer, Context, Route, Stored
from mockserver.protocols.openai.errors import json_answer, refuse
from mockserver.protocols.openai.responses.contract import ResponseParameters
from mockserver.protocols.openai.responses.decode import decode
from mockserver.protocols.openai.responses.items import NAME
from mockserver.protocols.openai.responses.options import options_of
from mockserver.protocols.openai.responses.output import output_of
from mockserver.protocols.openai.responses.read import body_of, read, request_of, violation
from mockserver.protocols.openai.responses.response import QUEUED, finished, response_object
from mockserver.protocols.openai.responses.stored import cancel, delete, keep, list_input_items, retrieve
from mockserver.protocols.openai.responses.stream import ResponsesEncoder, frame
from mockserver.protocols.sse import data_frame


class Responses:
    """The wire of `POST /v1/responses`."""

    name = NAME
    carries = frozenset({"text", "thinking", "tool_call", "refusal", "json", "image", "native"})

    def read(self, http: Http, context: Context) -> Request | Failure:
        return read(http, context)

    def render(self, reply: Reply, request: Request, context: Context) -> Answer:
        if options_of(request).background:
            # The client asks again until it is done, which it is by then.
            return json_answer(response_object(QUEUED, request, context), context)
        output = output_of(reply, request, context).items
        return json_answer(response_object(finished(reply, output), request, context), context)

    def encoder(self, request: Request, context: Context) -> ResponsesEncoder:
        return ResponsesEncoder(request, context)

    def refuse(self, failure: Failure, http: Http, context: Context) -> Answer:
        return refuse(failure, http, context)

    def decode(self, answer: Answer) -> Reply:
        return decode(answer)

    def frame(self, data: Json) -> bytes:
        """An event under its own type; whatever has no type is data alone."""
        if isinstance(data, str):
            return data_frame(data.encode())
        kind = data.get("type") if isinstance(data, dict) else None
        return frame(kind, data) if isinstance(kind, str) else data_frame(json_text(data).encode())

    def keep(self, reply: Reply, request: Request, context: Context) -> tuple[str, Stored] | None:
        return keep(reply, request, context)


def count_input_tokens(http: Http, context: Context) -> Answer | Failure:
    """`POST /v1/responses/input_tokens`: what the usage of an answer would say."""
    body = body_of(http)
    if isinstance(body, Failure):
        return body
    if failure := violation(body, ResponseParameters):
        return failure
    request = request_of(body, http, context)
    if isinstance(request, Failure):
        return request
    count = count_input(request)
    return json_answer({"object": "response.input_tokens", "input_tokens": count}, context)


DIALECT = Responses()

ROUTES = (
    Route("POST", "/v1/responses", DIALECT),
    Route("POST", "/v1/responses/input_tokens", count_input_tokens),
    Route("GET", "/v1/responses/{response_id}/input_items", list_input_items),
    Route("GET", "/v1/responses/{response_id}", retrieve),
    Route("DELETE", "/v1/responses/{response_id}", delete),
    Route("POST", "/v1/responses/{response_id}/cancel", cancel),
)
