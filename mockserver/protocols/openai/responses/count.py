"""Counting the tokens of an input before it is sent.

Mirrors "Get input token counts" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http
from mockserver.limits import count_input
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.responses.contract import ResponseParameters
from mockserver.protocols.openai.responses.read import body_of, request_of, violation


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
    counted = {"object": "response.input_tokens", "input_tokens": count_input(request)}
    return json_answer(counted, context)
