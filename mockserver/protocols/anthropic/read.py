"""A request as the neutral request: headers, then JSON, then the body's models, then the rules.

Mirrors "Create a Message" and "Count tokens in a Message" of the Messages API reference (2026-11). What is
taken over here has the shape that the checks before have promised.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from pydantic import ValidationError

from mockserver.conversation import Failure, Format, Http, JsonObject, Request
from mockserver.protocols.anthropic.blocks import FAMILY
from mockserver.protocols.anthropic.contract import (
    CountBody,
    MessageBody,
    PromptBody,
    SampledMessageBody,
    ThinkingDisabled,
)
from mockserver.protocols.anthropic.read_messages import conversation_of, system_of
from mockserver.protocols.anthropic.read_tools import tool_choice_of, tools_of
from mockserver.protocols.anthropic.rules import broken_rule
from mockserver.protocols.anthropic.threads import recall_thread
from mockserver.protocols.anthropic.versions import NEWEST, betas_of, version_of
from mockserver.protocols.anthropic.wording import failure_of
from mockserver.protocols.base import Context
from mockserver.protocols.json_body import Unreadable, parse_object

Body = TypeVar("Body", bound=PromptBody)


def read(http: Http, context: Context) -> Request | Failure:
    """The request that Create a Message makes."""
    version = version_of(http)
    if isinstance(version, Failure):
        return version
    sent = _parse(http.body)
    if isinstance(sent, Failure):
        return sent
    return _read_message(sent, version, http, context)


def read_prompt(http: Http) -> Request | Failure:
    """The request whose prompt Count tokens counts."""
    version = version_of(http)
    if isinstance(version, Failure):
        return version
    sent = _parse(http.body)
    if isinstance(sent, Failure):
        return sent
    body = _check(CountBody, sent)
    if isinstance(body, Failure):
        return body
    return broken_rule(body, version) or _prompt(body, sent, http)


def _read_message(sent: JsonObject, version: str, http: Http, context: Context) -> Request | Failure:
    contract = MessageBody if version == NEWEST else SampledMessageBody
    body = _check(contract, sent)
    if isinstance(body, Failure):
        return body
    thread = recall_thread(body, sent, betas_of(http), context)
    if isinstance(thread, Failure):
        return thread
    whole = _check(contract, thread.inherited | sent) if thread.inherited else body
    if isinstance(whole, Failure):
        return whole
    if failure := broken_rule(whole, version):
        return failure
    prompt = _prompt(whole, sent, http)
    return replace(
        prompt,
        messages=(*thread.messages, *prompt.messages),
        stream=whole.stream,
        max_tokens=whole.max_tokens,
        stop=tuple(whole.stop_sequences or ()),
    )


def _prompt(body: PromptBody, sent: JsonObject, http: Http) -> Request:
    return Request(
        protocol=FAMILY,
        model=body.model,
        messages=tuple(conversation_of(sent["messages"])),
        http=http,
        body=sent,
        system=system_of(body),
        tools=tuple(tools_of(body.tools)),
        tool_choice=tool_choice_of(body.tool_choice),
        format=_format(body),
        thinks=not isinstance(body.thinking, ThinkingDisabled),
    )


def _format(body: PromptBody) -> Format:
    wanted = body.output_config.format
    return Format("json_schema", wanted.json_schema) if wanted else Format()


# ----------------------------------------------------------------------------------------------- checks


def _parse(content: bytes) -> JsonObject | Failure:
    match parse_object(content):
        case Unreadable(reason="not_an_object"):
            return Failure("invalid_request", message="Input should be an object")
        case Unreadable(detail=detail):
            return Failure("malformed_json", message=f"The request body is not valid JSON: {detail}")
        case sent:
            return sent


def _check(contract: type[Body], value: JsonObject) -> Body | Failure:
    try:
        return contract.model_validate(value)
    except ValidationError as error:
        return failure_of(error)
