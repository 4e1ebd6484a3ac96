"""A request of legacy completions as a neutral `Request`, or the failure that the API would answer.

Mirrors "Create completion" of the OpenAI API reference (2026-11). The prompt is one message of the user;
several prompts are the parts of it, and each gets the same reply. Order of the checks: JSON, schema, model,
rules between fields.
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http, JsonObject, Message, Request, Text
from mockserver.protocols.base import Context
from mockserver.protocols.gate import Gate, check_shape, note_members
from mockserver.protocols.json_body import Unreadable, parse_object
from mockserver.protocols.openai.completions.contract import CompletionRequest
from mockserver.protocols.openai.completions.prompts import prompts_of
from mockserver.protocols.openai.completions.rules import broken_rules
from mockserver.protocols.openai.models import OWN_MODELS
from mockserver.protocols.openai.wording import wording

NAME = "openai.completions"

DEFAULT_MAX_TOKENS = 16

_WORDING = wording({"model": "gpt-3.5-turbo-instruct", "prompt": None})


def read(http: Http, context: Context) -> Request | Failure:
    body = parse_object(http.body)
    if isinstance(body, Unreadable):
        return Failure("malformed_json")
    gate = Gate(context.contract)
    asked = check_shape(CompletionRequest, body, gate, _WORDING)
    if isinstance(asked, Failure):
        return asked
    return _refused(asked, body, gate, context) or _request(asked, body, http, gate)


def _refused(asked: CompletionRequest, body: JsonObject, gate: Gate, context: Context) -> Failure | None:
    if failure := note_members(CompletionRequest, body, gate):
        return failure
    if asked.model and not context.knows(asked.model, OWN_MODELS):
        unknown = Failure("unknown_model")
        if failure := gate.refuse(unknown, "/model"):
            return failure
    for place, broken in broken_rules(asked):
        if failure := gate.refuse(broken, place):
            return failure
    return None


def _request(asked: CompletionRequest, body: JsonObject, http: Http, gate: Gate) -> Request:
    prompts = prompts_of(asked.prompt)
    return Request(
        protocol=NAME,
        model=asked.model,
        messages=(Message("user", tuple(map(Text, prompts))),),
        http=http,
        body=body,
        stream=bool(asked.stream),
        choices=(asked.n or 1) * len(prompts),
        max_tokens=DEFAULT_MAX_TOKENS if asked.max_tokens is None else asked.max_tokens,
        stop=(asked.stop,) if isinstance(asked.stop, str) else tuple(asked.stop or ()),
        findings=tuple(gate.findings),
    )
