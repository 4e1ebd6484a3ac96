"""A request as the neutral request: headers, then JSON, then the body's models, then the rules.

Mirrors "Create a Message" and "Count tokens in a Message" of the Messages API reference (2026-11). What is
taken over here has the shape that the checks before have promised; where nothing is refused, what is at fault
has been taken away.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from mockserver.conversation import Failure, Format, Http, JsonObject, Request, Tool, ToolChoice
from mockserver.limits import count_input
from mockserver.protocols.anthropic.asked import Asked, names_in
from mockserver.protocols.anthropic.blocks import FAMILY
from mockserver.protocols.anthropic.catalogue import NAMES, Model, find
from mockserver.protocols.anthropic.contract import (
    CountBody,
    MessageBody,
    PromptBody,
    SampledMessageBody,
)
from mockserver.protocols.anthropic.plain import plain_kinds
from mockserver.protocols.anthropic.read_messages import conversation_of, system_of
from mockserver.protocols.anthropic.read_tools import tool_choice_of, tools_of
from mockserver.protocols.anthropic.rules import broken_rule, unasked_beta
from mockserver.protocols.anthropic.sent import sent_object
from mockserver.protocols.anthropic.spoken import Spoken
from mockserver.protocols.anthropic.threads import Thread, recall_thread
from mockserver.protocols.anthropic.unthought import was_unthought
from mockserver.protocols.anthropic.versions import NEWEST, betas_of, spoken_version, unknown_betas
from mockserver.protocols.anthropic.wording import wording
from mockserver.protocols.base import Context
from mockserver.protocols.gate import Gate, check_body, note_members
from mockserver.protocols.long_bodies import Beginnings, of_rest
from mockserver.protocols.plain_shape import is_plain
from mockserver.values import dataclass

_WORDING = wording({"model": "claude", "messages": [], "max_tokens": 1024})


@dataclass(frozen=True, slots=True)
class _Opened:
    """A request whose headers and JSON are read."""

    sent: JsonObject
    version: str
    betas: tuple[str, ...]


def read(http: Http, context: Context) -> Request | Failure:
    """The request that Create a Message makes."""
    gate = Gate(context.contract)
    opened = _open(http, gate, _ASKED)
    if isinstance(opened, Failure):
        return opened
    return _read_message(opened, http, context, gate)


def read_prompt(http: Http, context: Context) -> Request | Failure:
    """The request whose prompt Count tokens counts."""
    gate = Gate(context.contract)
    opened = _open(http, gate, _COUNTED)
    if isinstance(opened, Failure):
        return opened
    asked = _ask(CountBody, opened, context, gate)
    if isinstance(asked, Failure):
        return asked
    if failure := broken_rule(asked, gate):
        return failure
    request = _request(asked, opened.sent, http, gate)
    _keep(_COUNTED, asked, gate)
    return request


def _read_message(opened: _Opened, http: Http, context: Context, gate: Gate) -> Request | Failure:
    contract = MessageBody if opened.version == NEWEST else SampledMessageBody
    asked = _ask(contract, opened, context, gate)
    if isinstance(asked, Failure):
        return asked
    thread = recall_thread(asked, opened.sent, context, gate)
    if isinstance(thread, Failure):
        return thread
    if thread.messages:
        asked = _continued(asked, thread, opened.sent)
    if failure := broken_rule(asked, gate):
        return failure
    request = _request(asked, opened.sent, http, gate, thread)
    _keep(_ASKED, asked, gate)
    return _too_long(request, asked.model, gate) or request


def _keep(beginnings: Beginnings, asked: Asked, gate: Gate) -> None:
    if not gate.findings:
        beginnings.keep(asked.body, asked.contract)


def _entries(messages: list[JsonObject]) -> list[JsonObject] | None:
    """The messages, if they are right by themselves."""
    return messages if is_plain(CountBody, {"model": "claude", "messages": messages}) else None


_ASKED = Beginnings("messages", _entries)
_COUNTED = Beginnings("messages", _entries)


def _continued(asked: Asked, thread: Thread, sent: JsonObject) -> Asked:
    """What is asked with what the thread knows of it."""
    whole = check_body(asked.contract, thread.inherited | sent, Gate("off"), _WORDING)
    if isinstance(whole, Failure):
        return replace(asked, stored_calls=thread.open_calls)
    spoken = Spoken(whole["messages"])
    names = names_in(whole, spoken)
    return replace(asked, body=whole, spoken=spoken, names=names, stored_calls=thread.open_calls)


def _request(asked: Asked, sent: JsonObject, http: Http, gate: Gate, thread: Thread | None = None) -> Request:
    """The neutral request. What only matters to an answer is not there where none is asked for."""
    body = asked.body
    said = conversation_of(_messages(asked, sent, gate))
    return Request(
        protocol=FAMILY,
        model=body["model"],
        messages=(*thread.messages, *said) if thread and thread.messages else said,
        http=http,
        body=sent,
        system=system_of(body, asked.spoken),
        tools=of_rest(body, _tools),
        tool_choice=ToolChoice("none") if body.get("compaction") else tool_choice_of(body.get("tool_choice")),
        format=_format(asked),
        stream=body.get("stream", False),
        max_tokens=body.get("max_tokens"),
        stop=tuple(body.get("stop_sequences") or ()),
        thinks=asked.thinking["type"] != "disabled",
        findings=tuple(gate.findings),
    )


def _tools(body: JsonObject) -> tuple[Tool, ...]:
    return tuple(tools_of(body.get("tools") or ()))


def _messages(asked: Asked, sent: JsonObject, gate: Gate) -> list[JsonObject]:
    """The messages as they came, but where something may be at fault in them that nobody refused."""
    messages: list[JsonObject] = (asked.body if gate.mode == "off" and gate.findings else sent)["messages"]
    return messages


def _format(asked: Asked) -> Format:
    wanted = asked.output_config.get("format") or asked.body.get("output_format")
    return Format("json_schema", wanted["schema"]) if wanted else _TEXT


_TEXT = Format()


# ----------------------------------------------------------------------------------------------- checks


def _open(http: Http, gate: Gate, beginnings: Beginnings) -> _Opened | Failure:
    version = spoken_version(http, gate)
    if isinstance(version, Failure):
        return version
    betas = betas_of(http)
    if failure := unknown_betas(betas, gate):
        return failure
    sent = sent_object(http, gate, beginnings.parse)
    return sent if isinstance(sent, Failure) else _Opened(sent, version, betas)


def _ask(contract: type[PromptBody], opened: _Opened, context: Context, gate: Gate) -> Asked | Failure:
    """The body in its shape, its model known, its betas asked for."""
    body = check_body(contract, opened.sent, gate, _WORDING)
    if isinstance(body, Failure):
        return body
    if failure := note_members(contract, opened.sent, gate):
        return failure
    model = body["model"]
    if not context.knows(model, NAMES):
        unknown = Failure("unknown_model", param=model)
        if failure := gate.refuse(unknown, "/model"):
            return failure
    messages = body["messages"]
    spoken = Spoken(messages, plain_kinds(messages) if "thread" not in body else None)
    asked = Asked(
        contract,
        body,
        spoken,
        names_in(body, spoken),
        opened.version,
        opened.betas,
        find(model),
        was_unthought=partial(was_unthought, context),
    )
    return unasked_beta(asked, gate) or asked


def _too_long(request: Request, model: Model | None, gate: Gate) -> Failure | None:
    """A prompt longer than the model reads. No text has more tokens than bytes, so few are counted."""
    if model is None or (len(request.http.body) < model.context and "thread" not in request.body):
        return None
    tokens = count_input(request)
    if tokens <= model.context:
        return None
    message = f"prompt is too long: {tokens} tokens > {model.context} maximum"
    return gate.refuse(Failure("context_length", message=message), "/messages")
