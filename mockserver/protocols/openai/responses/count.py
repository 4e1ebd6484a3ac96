"""Counting the tokens of an input before it is sent.

Mirrors "Get input token counts" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from dataclasses import replace

from mockserver.conversation import Failure, Http
from mockserver.limits import count_input
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.responses.checking import body_of
from mockserver.protocols.openai.responses.contract import CountInputTokens
from mockserver.protocols.openai.responses.read import read_as


def count_input_tokens(http: Http, context: Context) -> Answer | Failure:
    """`POST /v1/responses/input_tokens`: what the usage of an answer would say."""
    body = body_of(http)
    if isinstance(body, Failure):
        return body
    request = read_as(CountInputTokens, body, http, context)
    if isinstance(request, Failure):
        return request
    counted = {"object": "response.input_tokens", "input_tokens": count_input(request)}
    return replace(json_answer(counted, context), findings=request.findings)
