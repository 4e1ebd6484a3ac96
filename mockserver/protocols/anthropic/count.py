"""Counting the tokens of a prompt without an answer to it: the same count that its usage would tell.

Mirrors "Count tokens in a Message" of the Messages API reference (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.limits import count_input
from mockserver.protocols.anthropic.headers import json_answer
from mockserver.protocols.anthropic.read import read_prompt
from mockserver.protocols.anthropic.versions import betas_of
from mockserver.protocols.base import Answer, Context

_BETA = "token-counting-2024-11-01"


def count_tokens(http: Http, context: Context) -> Answer | Failure:
    request = read_prompt(http, context)
    if isinstance(request, Failure):
        return request
    count = count_input(request)
    counted: JsonObject = {"input_tokens": count}
    if _BETA in betas_of(http):
        # Nothing is edited out of the context here, so the count before and after is one.
        edits = request.body.get("context_management")
        counted["context_management"] = {"original_input_tokens": count} if edits else None
    return json_answer(counted, context, request.findings)
