"""An exchange and what is unmet as JSON, as other languages and other processes see them: the same that a
Python test asks of `RecordedExchange`, keys redacted. No clock, no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import assert_never

import orjson

from mockserver.claiming.claims import Miss
from mockserver.conversation import (
    Attachment,
    Image,
    Json,
    JsonObject,
    Message,
    MessagePart,
    Native,
    Refusal,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from mockserver.journal.recorded import RecordedExchange
from mockserver.journal.verification import Unmet, unmet
from mockserver.protocols.credentials import fingerprint

MOST_STEPS = 1_000
"""How many steps of an answer are listed; the rest is only counted."""
MOST_MISSES = 20
"""Of how many scenarios it is told why they did not answer: the nearest."""
LONGEST_TEXT = 1_000
"""How many characters of what the user says stand in an outline."""


def exchange_json(exchange: RecordedExchange) -> JsonObject:
    """All that is known of an exchange, at most so many of its steps and of the scenarios that it missed."""
    return {
        **_numbers(exchange),
        **_asked(exchange),
        **_request(exchange),
        **_answered(exchange),
        "misses": _misses(exchange),
        **_outcome(exchange),
        **_steps(exchange),
    }


def exchange_outline(exchange: RecordedExchange) -> JsonObject:
    """The same in short: without what may be long."""
    whole = {**_numbers(exchange), **_asked(exchange), **_answered(exchange), **_outcome(exchange)}
    return whole | {"user": exchange.user[:LONGEST_TEXT]}


def unmet_json(found: Iterable[Unmet]) -> list[JsonObject]:
    return [
        {"kind": one.kind, "text": one.text, "place": str(one.place) if one.place else None} for one in found
    ]


def _numbers(exchange: RecordedExchange) -> JsonObject:
    entry = exchange.entry
    return {"number": entry.number, "change": entry.change, "key": fingerprint(entry.http.key)}


def _asked(exchange: RecordedExchange) -> JsonObject:
    return {
        "method": exchange.http.method,
        "path": exchange.path,
        "protocol": exchange.protocol,
        "to_model": not exchange.refused,
        "model": exchange.model,
        "user": exchange.user,
        "stream": exchange.stream,
    }


def _request(exchange: RecordedExchange) -> JsonObject:
    return {
        "query": {name: "…" if name == "key" else value for name, value in exchange.http.query.items()},
        "headers": dict(exchange.headers),
        "body": _body(exchange),
        "system": exchange.system,
        "messages": [_message(message) for message in exchange.messages],
        "tools": [tool.name for tool in exchange.tools],
        "tool_results": exchange.tool_results,
    }


def _body(exchange: RecordedExchange) -> Json:
    """The body as JSON, as text where it is none; null where there is none."""
    body = exchange.http.body
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")


def _answered(exchange: RecordedExchange) -> JsonObject:
    return {
        "scenario": exchange.scenario or None,
        "turn": exchange.turn,
        "attempt": exchange.attempt,
        "unmet": unmet_json(unmet([exchange.entry])),
    }


def _misses(exchange: RecordedExchange) -> list[JsonObject]:
    return [
        {"scenario": miss.scenario.name, "place": str(miss.scenario.place), "reasons": list(miss.reasons)}
        for miss in sorted(exchange.misses, key=Miss.distance)[:MOST_MISSES]
    ]


def _outcome(exchange: RecordedExchange) -> JsonObject:
    failure = exchange.failure
    return {
        "findings": [asdict(finding) for finding in exchange.findings],
        "failure": {"kind": failure.kind, "message": failure.message} if failure else None,
        "faults": list(exchange.faults),
        "status": exchange.status,
        "outcome": exchange.outcome,
        "sent": exchange.sent,
    }


def _steps(exchange: RecordedExchange) -> JsonObject:
    steps = exchange.timing[:MOST_STEPS]
    return {
        "steps": [
            {"kind": step.kind, "due": step.due, "done": step.done, "size": step.size} for step in steps
        ],
        "more_steps": len(exchange.timing) - len(steps),
    }


def _message(message: Message) -> JsonObject:
    return {"role": message.role, "parts": [_part(part) for part in message.parts]}


def _part(part: MessagePart) -> JsonObject:
    """A part in the words of scenarios. What was attached is named, and stands in the body."""
    match part:
        case Text(text=text):
            return {"text": text}
        case Thinking(text=text, redacted=redacted):
            return {"thinking": text, **({"redacted": True} if redacted else {})}
        case ToolCall(name=name, arguments=arguments, id=call):
            return {"tool_call": name, "arguments": arguments, "id": call}
        case ToolResult(name=name, call_id=call, is_error=is_error):
            error = {"is_error": True} if is_error else {}
            return {"tool_result": name, "id": call, "value": part.value, **error}
        case Refusal(text=text):
            return {"refusal": text}
        case Image(media_type=media_type):
            return {"image": media_type}
        case Attachment(media_type=media_type, url=url):
            return {"attachment": media_type, **({"url": url} if url else {})}
        case Native(values=values):
            return {"native": dict(values)}
        case _:
            assert_never(part)
