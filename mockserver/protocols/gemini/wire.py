"""How bytes look on the Gemini wire: JSON styles, stream framing, shared headers, and what a URL says.

Mirrors recorded answers of generativelanguage.googleapis.com (2026-11). Knows no message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache

import orjson

from mockserver.conversation import Finding, Http, Json, JsonObject
from mockserver.protocols.base import Answer, Context, Headers
from mockserver.protocols.drawing import HEX
from mockserver.values import dataclass

NAME = "gemini"
"""The protocol's name in scenarios; the dialect and its native values are called by it."""

JSON_TYPE = ("content-type", "application/json; charset=UTF-8")
EVENT_STREAM_TYPE = ("content-type", "text/event-stream")

ARRAY_OPEN = b"["
ARRAY_COMMA = b",\r\n"
ARRAY_CLOSE = b"]"

STANDARD_TIER = "standard"

_ONE_LINE = json.JSONEncoder(ensure_ascii=False, separators=(",", ": "), check_circular=False).encode
_NO_END_OF_KEY = re.compile(rb'":(?<=[\\{\[,:]":)')
"""A colon behind a quote that is escaped, or that opens a string."""

_PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE

_TARGET = re.compile(r"/(v\d\w*)/(.+)")

_STREAM_METHOD = ":streamGenerateContent"

# Three separate `vary` headers, as the service sends them.
_FIXED_HEADERS = (
    ("vary", "Origin"),
    ("vary", "X-Origin"),
    ("vary", "Referer"),
    ("x-xss-protection", "0"),
    ("x-frame-options", "SAMEORIGIN"),
    ("x-content-type-options", "nosniff"),
)


def google_key(http: Http) -> str:
    """The API key in Google's own places; "" where there is none."""
    return http.headers.get("x-goog-api-key", "") or http.query.get("key", "")


@dataclass(frozen=True, slots=True)
class Target:
    """What a path addresses: `resource` is `models/x`; `method` is what follows the last colon, or ""."""

    version: str
    resource: str
    method: str

    @property
    def model(self) -> str:
        """The model's name without `models/`; other collections keep theirs."""
        return self.resource.removeprefix("models/")


def target(http: Http) -> Target:
    """What `http` addresses. A path that is none of the API's counts as v1beta."""
    return _target(http.path)


@lru_cache(maxsize=256)
def _target(path: str) -> Target:
    found = _TARGET.fullmatch(path)
    if found is None:
        return Target("v1beta", "", "")
    resource, colon, method = found[2].rpartition(":")
    return Target(found[1], resource, method) if colon else Target(found[1], method, "")


def is_second_generation(model: str) -> bool:
    """Whether the model is known to be a Gemini 2."""
    return model.rpartition("/")[2].startswith("gemini-2")


def is_third_generation(model: str) -> bool:
    """Whether the model is known to be a Gemini 3: one that wants its signatures back."""
    return model.rpartition("/")[2].startswith("gemini-3")


def is_stream(http: Http) -> bool:
    return http.path.endswith(_STREAM_METHOD)


def is_array(http: Http) -> bool:
    """Whether the answer is streamed as one JSON array: so it is without `alt=sse`."""
    return is_stream(http) and http.query.get("alt") != "sse"


def pretty(value: Json) -> bytes:
    """JSON with an indent of two and a newline at the end, as in whole answers."""
    try:
        return orjson.dumps(value, option=_PRETTY)
    except orjson.JSONEncodeError:  # scripted: a number or a depth that only the standard library writes
        return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def one_line(value: JsonObject | list[Json]) -> bytes:
    """JSON on one line, a space after colons only, as in stream events.

    orjson writes no such spaces, but is so much faster that they are put in afterwards, behind every key.
    Where something could be mistaken for the end of a key, the standard library writes all of it.
    """
    try:
        compact = orjson.dumps(value)
    except orjson.JSONEncodeError:
        return _ONE_LINE(value).encode()
    if _NO_END_OF_KEY.search(compact):
        return _ONE_LINE(value).encode()
    return compact.replace(b'":', b'": ')


def data_frame(data: bytes) -> bytes:
    return b"data: " + data + b"\r\n\r\n"


def shared_headers(context: Context, tier: str = STANDARD_TIER) -> Headers:
    """The headers of every answer, without `content-type`."""
    return (
        *_FIXED_HEADERS,
        ("server-timing", f"gfet4t7; dur={context.derived(_milliseconds, 'server-timing', 3, HEX)}"),
        ("x-gemini-service-tier", tier),
    )


def _milliseconds(digits: str) -> str:
    return str(200 + int(digits, 16) % 800)


def answer_with(body: JsonObject, context: Context, findings: Sequence[Finding] = ()) -> Answer:
    """A whole answer of a route that needs no scenario."""
    return Answer(200, (JSON_TYPE, *shared_headers(context)), pretty(body), tuple(findings))
