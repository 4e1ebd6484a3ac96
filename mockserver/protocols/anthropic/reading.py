"""A request as the neutral request: headers, then JSON, then the body's models, then the rules.

Mirrors "Create a Message" and "Count tokens in a Message" of the Messages API reference (2026-11). What is
taken over here has the shape that the checks before have promised.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import TypeVar

import orjson
from pydantic import ValidationError

from mockserver.conversation import (
    Attachment,
    Failure,
    Format,
    Http,
    Json,
    JsonObject,
    Message,
    MessagePart,
    Request,
    Text,
    Tool,
    ToolChoice,
    ToolResult,
)
from mockserver.protocols.anthropic.blocks import FAMILY, part_from_block
from mockserver.protocols.anthropic.contract import (
    CountBody,
    MessageBody,
    PromptBody,
    SampledMessageBody,
    ThinkingDisabled,
)
from mockserver.protocols.anthropic.contract_content import TextBlock
from mockserver.protocols.anthropic.contract_tools import (
    ChoiceAny,
    ChoiceAuto,
    ChoiceNone,
    ChoiceTool,
    ClientTool,
    CustomTool,
    ToolChoiceParam,
    ToolParam,
    TypedCustomTool,
)
from mockserver.protocols.anthropic.refused import RefusedError, invalid, refusable
from mockserver.protocols.anthropic.rules import first_violation
from mockserver.protocols.anthropic.threads import recall_thread
from mockserver.protocols.anthropic.versions import NEWEST, betas_of, version_of
from mockserver.protocols.anthropic.wording import first_fault
from mockserver.protocols.base import Context

Body = TypeVar("Body", bound=PromptBody)


@refusable
def read_message(http: Http, context: Context) -> Request:
    """The request that Create a Message makes."""
    version = version_of(http)
    sent = _parse(http.body)
    contract = MessageBody if version == NEWEST else SampledMessageBody
    body = _check(contract, sent)
    thread = recall_thread(body, sent, betas_of(http), context)
    if thread.inherited:
        body = _check(contract, thread.inherited | sent)
    _keep_rules(body, version)
    prompt = _prompt(body, sent, http)
    return replace(
        prompt,
        messages=(*thread.messages, *prompt.messages),
        stream=body.stream,
        max_tokens=body.max_tokens,
        stop=tuple(body.stop_sequences or ()),
    )


@refusable
def read_prompt(http: Http, _: Context) -> Request:
    """The request whose prompt Count tokens counts."""
    version = version_of(http)
    sent = _parse(http.body)
    body = _check(CountBody, sent)
    _keep_rules(body, version)
    return _prompt(body, sent, http)


def _prompt(body: PromptBody, sent: JsonObject, http: Http) -> Request:
    return Request(
        protocol=FAMILY,
        model=body.model,
        messages=tuple(_messages(sent["messages"])),
        http=http,
        body=sent,
        system=_system(body),
        tools=tuple(_tools(body.tools)),
        tool_choice=_tool_choice(body.tool_choice),
        format=_format(body),
        include_thinking=not isinstance(body.thinking, ThinkingDisabled),
    )


# ----------------------------------------------------------------------------------------------- checks


def _parse(content: bytes) -> JsonObject:
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        message = f"The request body is not valid JSON: {error}"
        raise RefusedError(Failure("malformed_json", message=message)) from None
    if not isinstance(value, dict):
        raise invalid("Input should be an object")
    return value


def _check(contract: type[Body], value: JsonObject) -> Body:
    try:
        return contract.model_validate(value)
    except ValidationError as error:
        path, message = first_fault(error)
        raise invalid(message, path) from None


def _keep_rules(body: PromptBody, version: str) -> None:
    if sentence := first_violation(body, version):
        raise invalid(sentence)


# --------------------------------------------------------------------------------------------- messages


def _messages(values: Iterable[JsonObject]) -> Iterator[Message]:
    """The messages but those of role `system`, whose texts stand with the system prompt."""
    for value in values:
        blocks = _blocks(value["content"])
        if value["role"] == "assistant":
            yield Message("assistant", tuple(part_from_block(block) for block in blocks))
        elif value["role"] == "user":
            yield from _user_messages(blocks)


def _blocks(content: Json) -> list[JsonObject]:
    """Content as blocks: a string "is shorthand for an array of one content block of type text"."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content if isinstance(content, list) else []


def _user_messages(blocks: list[JsonObject]) -> Iterator[Message]:
    """A user message, with the tool results in it as messages of their own."""
    if not blocks:
        yield Message("user", ())
    for is_result, run in groupby(blocks, key=lambda block: block["type"] == "tool_result"):
        if is_result:
            yield Message("tool", tuple(_tool_result(block) for block in run))
        else:
            yield Message("user", tuple(_user_part(block) for block in run))


def _tool_result(block: JsonObject) -> ToolResult:
    texts = _texts(_blocks(block.get("content")))
    return ToolResult(block["tool_use_id"], "\n".join(texts), is_error=bool(block.get("is_error")))


def _texts(blocks: Iterable[JsonObject]) -> Iterator[str]:
    """The words in blocks, search results and documents in plain text included."""
    for block in blocks:
        match block["type"]:
            case "text":
                yield block["text"]
            case "search_result":
                yield from _texts(block["content"])
            case "document":
                yield from _document_texts(block["source"])
            case _:
                pass


def _document_texts(source: JsonObject) -> Iterator[str]:
    match source["type"]:
        case "text":
            yield source["data"]
        case "content":
            yield from _texts(_blocks(source["content"]))
        case _:
            pass


def _user_part(block: JsonObject) -> MessagePart:
    match block["type"]:
        case "text":
            return Text(block["text"])
        case "image":
            return _attachment(block["source"], "image/*")
        case "document":
            return _attachment(block["source"], "application/pdf")
        case "search_result":
            return _text_attachment("\n".join(_texts(block["content"])), block["source"])
        case _:
            return part_from_block(block)


def _attachment(source: JsonObject, media_type: str) -> Attachment:
    """A file the user sent; `media_type` is that of sources which do not tell it."""
    match source["type"]:
        case "base64":
            return Attachment(source["media_type"], data=source["data"])
        case "text" | "content":
            return _text_attachment("\n".join(_document_texts(source)))
        case "url":
            return Attachment(media_type, url=source["url"])
        case _:
            return Attachment(media_type, url=source["file_id"])


def _text_attachment(text: str, url: str = "") -> Attachment:
    return Attachment("text/plain", data=b64encode(text.encode()).decode(), url=url)


def _system(body: PromptBody) -> str:
    """The system prompt, and what messages of role `system` add to it later."""
    contents = [body.system, *(message.content for message in body.messages if message.role == "system")]
    texts: list[str] = []
    for content in contents:
        if isinstance(content, str):
            texts.append(content)
        else:
            texts += [block.text for block in content if isinstance(block, TextBlock)]
    return "\n".join(text for text in texts if text)


# ------------------------------------------------------------------------------------- tools, format


def _tools(tools: Iterable[ToolParam]) -> Iterator[Tool]:
    """The tools that the client runs, as far as they have names. Server tools never reach the client."""
    for tool in tools:
        if isinstance(tool, CustomTool | TypedCustomTool):
            yield Tool(tool.name, tool.description or "", dict(tool.input_schema))
        elif isinstance(tool, ClientTool):
            yield Tool(tool.name)


def _tool_choice(choice: ToolChoiceParam) -> ToolChoice:
    match choice:
        case ChoiceNone():
            return ToolChoice("none")
        case ChoiceAuto(disable_parallel_tool_use=single):
            return ToolChoice("auto", parallel=not single)
        case ChoiceAny(disable_parallel_tool_use=single):
            return ToolChoice("required", parallel=not single)
        case ChoiceTool(name=name, disable_parallel_tool_use=single):
            return ToolChoice("required", (name,), parallel=not single)


def _format(body: PromptBody) -> Format:
    wanted = body.output_config.format
    return Format("json_schema", wanted.json_schema) if wanted else Format()
