"""From an HTTP request to a neutral request, or to what is wrong with it.

Mirrors "Generating content", "Thinking" and "Structured output" of the Gemini API documentation (2026-11).
The messages of a request are read by `read_contents`, its tools by `read_tools`.
"""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.conversation import Failure, Finding, Format, Http, ImageRequest, JsonObject, Request
from mockserver.protocols.base import Context
from mockserver.protocols.gate import Gate
from mockserver.protocols.gemini.cached import with_cached
from mockserver.protocols.gemini.contract import GenerateContentRequest
from mockserver.protocols.gemini.models import is_known
from mockserver.protocols.gemini.read_body import DEEPEST, read_body
from mockserver.protocols.gemini.read_contents import read_contents, read_system
from mockserver.protocols.gemini.read_tools import read_tool_choice, read_tools
from mockserver.protocols.gemini.rules import MAX_CANDIDATES, broken_rule
from mockserver.protocols.gemini.schema import json_schema
from mockserver.protocols.gemini.settings import broken_setting
from mockserver.protocols.gemini.turns import broken_turn
from mockserver.protocols.gemini.wire import NAME, is_stream, target
from mockserver.protocols.long_bodies import Beginnings, of_rest
from mockserver.protocols.plain_shape import as_plain


def read(http: Http, context: Context) -> Request | Failure:
    """The request to generate content. A cached beginning of the conversation comes from the context."""
    gate = Gate(context.contract)
    body = read_body(http, GenerateContentRequest, gate, _LONG.parse)
    if isinstance(body, Failure):
        return body
    if not is_known(http, context) and (end := gate.refuse(Failure("unknown_model"))):
        return end
    whole = whole_message(body, http, context, gate)
    if isinstance(whole, Failure):
        return whole
    model = target(http).model
    if end := broken_turn(whole.get("contents") or (), model, gate) or broken_setting(whole, model, gate):
        return end
    request = read_message(whole, http, sent=body, findings=gate.findings)
    if not gate.findings:
        _LONG.keep(body, GenerateContentRequest)
    return request


def _contents(contents: list[JsonObject]) -> list[JsonObject] | None:
    """The contents, normalised, if they are right by themselves."""
    message = as_plain(GenerateContentRequest, {"contents": contents})
    return message["contents"] if message else None


_LONG = Beginnings("contents", _contents, DEEPEST)


def whole_message(body: JsonObject, http: Http, context: Context, gate: Gate) -> JsonObject | Failure:
    """The message, with what it has cached in front; or the first rule it breaks."""
    return broken_rule(body, gate) or with_cached(body, http, context, gate)


def read_message(
    body: JsonObject, http: Http, *, sent: JsonObject | None = None, findings: Sequence[Finding] = ()
) -> Request:
    """The request that a normalised message asks. Nothing in it is refused here. `sent` is the message as it
    came, where `body` has more in it.
    """
    config = body.get("generationConfig") or {}
    thinking = config.get("thinkingConfig") or {}
    return Request(
        protocol=NAME,
        model=target(http).model,
        messages=read_contents(body),
        http=http,
        body=body if sent is None else sent,
        system=read_system(body),
        tools=of_rest(body, read_tools),
        tool_choice=read_tool_choice(body),
        format=_format(config),
        image=_image(config),
        stream=is_stream(http),
        choices=min(max(config.get("candidateCount") or 1, 1), MAX_CANDIDATES),
        max_tokens=config.get("maxOutputTokens") or None,
        stop=tuple(config.get("stopSequences") or ()),
        thinks=thinking.get("thinkingBudget") != 0,
        include_thinking=bool(thinking.get("includeThoughts")),
        findings=tuple(findings),
    )


def _format(config: JsonObject) -> Format:
    """`text/x.enum` wants one of the enum's values as bare text: a text format that carries its schema."""
    own = config.get("responseJsonSchema")
    schema = config.get("responseSchema")
    asked = own if isinstance(own, dict) else None if schema is None else json_schema(schema)
    match config.get("responseMimeType"):
        case "application/json":
            return Format("json") if asked is None else Format("json_schema", asked)
        case "text/x.enum":
            return Format("text", asked)
        case _:
            return Format()


def _image(config: JsonObject) -> ImageRequest | None:
    wanted = config.get("imageConfig")
    if wanted is None and "IMAGE" not in (config.get("responseModalities") or ()):
        return None
    wanted = wanted or {}
    return ImageRequest(wanted.get("aspectRatio") or "", wanted.get("imageSize") or "")
