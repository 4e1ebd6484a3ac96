"""The neutral vocabulary: what a client asked and what a model answers, as plain frozen values.

Every other module speaks in these words; only a dialect (`mockserver.protocols`) knows how a vendor spells
them. No I/O, no clock, no randomness; nothing imported but what values are made of. A reply is
always a *list of parts*: text, thinking and tool calls are never alternatives.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal, TypeAlias, get_args

import orjson

from mockserver.values import dataclass

Json: TypeAlias = Any
"""A JSON value as read from, or written to, a wire."""

JsonObject: TypeAlias = dict[str, Any]

# --------------------------------------------------------------------------------------------- parts


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """Reasoning. `signature` is the vendor's opaque proof; None lets the dialect make one. When `redacted`,
    `text` is the opaque payload and is never shown as reasoning.
    """

    text: str
    signature: str | None = None
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the model makes. `arguments` is an object, or a string that is sent as it stands: broken JSON
    on purpose, the free text of a custom tool. `id` None lets the dialect derive one. `signature` is the
    opaque proof that a call in a history carries, on wires where calls do; it makes no two calls unequal.
    """

    name: str
    arguments: JsonObject | str
    id: str | None = None
    signature: str | None = field(default=None, compare=False, repr=False)

    @property
    def arguments_text(self) -> str:
        """The arguments as the JSON text (or verbatim string) that goes over the wire."""
        return self.arguments if isinstance(self.arguments, str) else json_text(self.arguments)

    @property
    def arguments_value(self) -> Json:
        """The arguments as a JSON value; a string that is no JSON stays that string."""
        if not isinstance(self.arguments, str):
            return self.arguments
        try:
            return orjson.loads(self.arguments)
        except orjson.JSONDecodeError:
            return self.arguments


@dataclass(frozen=True, slots=True)
class Refusal:
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A generated image; `data` is standard base64."""

    media_type: str
    data: str


@dataclass(frozen=True, slots=True)
class Native:
    """A part that only some wires know: protocol or family name -> the value in that wire's own shape."""

    values: Mapping[str, Json]

    def on(self, protocol: str) -> Json | None:
        """The value for `protocol` (`openai.chat`), else for its family (`openai`), else None."""
        return self.values.get(protocol, self.values.get(protocol.partition(".")[0]))


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What the client answers to a tool call. `name` may be empty where the wire carries only the id."""

    call_id: str
    text: str
    name: str = ""
    is_error: bool = False

    @property
    def value(self) -> Json:
        """The result as JSON where it is JSON, else the text."""
        try:
            return orjson.loads(self.text)
        except orjson.JSONDecodeError:
            return self.text


@dataclass(frozen=True, slots=True)
class Attachment:
    """An image, audio clip, video or file the user sent: base64 `data`, or a `url` or file id."""

    media_type: str
    data: str = ""
    url: str = ""


ReplyPart: TypeAlias = Text | Thinking | ToolCall | Refusal | Image | Native
MessagePart: TypeAlias = ReplyPart | ToolResult | Attachment

# ------------------------------------------------------------------------------------------- request

Role = Literal["user", "assistant", "tool"]


ContractMode = Literal["documented", "strict", "off"]
"""How requests are judged. `documented` refuses what the API refuses; `strict` refuses what is unknown or
deprecated too; `off` refuses nothing. All of them note everything.
"""
CONTRACT_MODES: tuple[ContractMode, ...] = get_args(ContractMode)

Severity = Literal["error", "unknown", "deprecated", "ignored", "altered"]
"""`error`: the API refuses it. `unknown`: not documented. `deprecated`, `ignored`: documented as such.
`altered`: a turn came back from the client otherwise than it was given.
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a request has that the contract does not, or no more. `code` is a stable word for the kind of
    finding; `pointer` is the place in the body (RFC 6901, "" for all of it); `message` is a sentence.
    """

    severity: Severity
    code: str
    pointer: str
    message: str

    def __str__(self) -> str:
        place = f" at {self.pointer}" if self.pointer else ""
        return f"{self.severity}: {self.message} ({self.code}{place})"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. Tool results stand in messages of role `tool`, whatever role the wire gives them.
    `pointer` is where a turn of the assistant stands in the body, where the dialect tells it.
    """

    role: Role
    parts: tuple[MessagePart, ...]
    pointer: str = field(default="", compare=False, repr=False)

    @property
    def text(self) -> str:
        if len(self.parts) == 1 and isinstance(part := self.parts[0], Text):  # as most messages are
            return part.text
        return "".join([part.text for part in self.parts if isinstance(part, Text)])


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool the client offers; `schema` is JSON Schema with lower-case types. `custom` takes free text."""

    name: str
    description: str = ""
    schema: JsonObject | None = None
    custom: bool = False


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """`required` means at least one call; `names`, where not empty, are the only tools that may be called."""

    mode: Literal["auto", "none", "required"] = "auto"
    names: tuple[str, ...] = ()
    parallel: bool = True


@dataclass(frozen=True, slots=True)
class Format:
    """The output format that was asked for. `schema` is JSON Schema: of the JSON for `json_schema`; for
    `text`, one bare value of it is wanted (an enum's) instead of prose.
    """

    kind: Literal["text", "json", "json_schema"] = "text"
    schema: JsonObject | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """The client wants an image: `aspect_ratio` like `16:9`, `size` like `2K` or `1024x1024`; "" = any."""

    aspect_ratio: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class Http:
    """An HTTP request as a value. Header names are lower case; the values of a header or query name that is
    repeated are joined with commas; `params` come from the route's path.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    params: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    origin: str = "http://localhost"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks a model, in neutral words.

    `messages` holds the whole conversation (stored turns resolved), without system texts. `body` is the
    parsed body as it came, for the dialect's own options and for `match: {body: …}`. `thinks` False means
    that the client turned reasoning off; `include_thinking` False, that it only does not want to see it.
    `detached` means that the client does not wait for the answer but asks for it later. `findings` are what
    was noted and let pass.
    """

    protocol: str
    model: str
    messages: tuple[Message, ...]
    http: Http
    body: JsonObject = field(default_factory=dict)
    system: str = ""
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = ToolChoice()
    format: Format = Format()
    image: ImageRequest | None = None
    stream: bool = False
    choices: int = 1
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    thinks: bool = True
    include_thinking: bool = True
    detached: bool = False
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def user(self) -> str:
        """The text of the latest user message."""
        for message in reversed(self.messages):
            if message.role == "user":
                return message.text
        return ""

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """What was shown or enclosed in the conversation."""
        parts = (part for message in self.messages for part in message.parts)
        return tuple(part for part in parts if isinstance(part, Attachment))


# --------------------------------------------------------------------------------------------- reply

Finish = Literal["stop", "length", "tool_calls", "content_filter", "stop_sequence", "refusal", "pause"]
FINISHES: tuple[Finish, ...] = get_args(Finish)


@dataclass(frozen=True, slots=True)
class NativeFinish:
    """A finish reason that only one wire knows, in its own spelling."""

    value: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts. `input` includes `cached` (read) and `cache_write`; `output` includes `thinking`."""

    input: int = 0
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    thinking: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer. `stop_sequence` is the matched string when `finish` is `stop_sequence`."""

    parts: tuple[ReplyPart, ...]
    finish: Finish | NativeFinish = "stop"
    usage: Usage = Usage()
    stop_sequence: str | None = None

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Text))

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolCall))


# ------------------------------------------------------------------------------------------- failure

ErrorKind = Literal[
    "invalid_request",
    "authentication",
    "billing",
    "permission",
    "not_found",
    "conflict",
    "too_large",
    "rate_limit",
    "quota",
    "server_error",
    "overloaded",
    "timeout",
    "context_length",
    "content_filter",
]
ERROR_KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)

FailureKind = (
    ErrorKind | Literal["missing_key", "malformed_json", "unknown_route", "wrong_method", "unknown_model"]
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A refusal in neutral words; the dialect owns status, type, envelope, headers and default wording.

    `retry_after` is in seconds. `retry` False tells SDKs not to try again (`x-should-retry: false`).
    `param` is the wire path of the field at fault, in the vendor's own style. `details` are extra members
    that only the vendor's envelope knows. `findings` are all that was noted up to the refusal.
    """

    kind: FailureKind
    message: str | None = None
    status: int | None = None
    code: str | None = None
    param: str | None = None
    retry_after: float | None = None
    retry: bool | None = None
    details: tuple[JsonObject, ...] = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)


# ----------------------------------------------------------------------------------------- functions


def json_text(value: Json) -> str:
    """Compact JSON text, raw UTF-8, keys in the given order."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # it reads deeper nesting and larger numbers than it writes
        return _deep_json_text(value)


def _deep_json_text(value: Json) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return '"(nested too deeply to be told)"'
