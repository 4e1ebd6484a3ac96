"""The documented messages of Chat Completions as types.

Mirrors the `messages` of "Create chat completion" of the OpenAI API reference (2026-11) and of the gateway's
page of that name, and what official SDKs keep on the messages that they hand back. Only types and required
fields stand here; rules between messages are in `order` and `rules`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from mockserver.protocols.openai.unions import by_json_type, by_key, tag

ROLES = ("system", "assistant", "user", "function", "tool", "developer")

LONGEST_CALL_ID = 40

Name: TypeAlias = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$", max_length=64)]
String: TypeAlias = Annotated[str, tag("string")]


class Shape(BaseModel):
    """An object of the contract: exact JSON types, and no member but those that are named."""

    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)


# ---------------------------------------------------------------------------------------- content parts


class CacheBreakpoint(Shape):
    mode: Literal["explicit"]
    ttl: Literal["30m", "12h"] | None = None


class _CacheablePart(Shape):
    prompt_cache_breakpoint: CacheBreakpoint | None = None


class TextPart(_CacheablePart):
    type: Literal["text"]
    text: str


class RefusalPart(Shape):
    type: Literal["refusal"]
    refusal: str


class ImageUrl(Shape):
    url: str
    detail: Literal["auto", "low", "high", "original"] | None = None


class ImagePart(_CacheablePart):
    type: Literal["image_url"]
    image_url: ImageUrl


class InputAudio(Shape):
    data: str
    format: Literal["wav", "mp3"]


class AudioPart(_CacheablePart):
    type: Literal["input_audio"]
    input_audio: InputAudio


class File(Shape):
    file_data: str | None = None
    file_id: str | None = None
    filename: str | None = None


class FilePart(_CacheablePart):
    type: Literal["file"]
    file: File


UserPart: TypeAlias = TextPart | ImagePart | AudioPart | FilePart
AssistantPart: TypeAlias = TextPart | RefusalPart

_Text: TypeAlias = Annotated[TextPart, tag("text")]
_TypedUserPart: TypeAlias = Annotated[
    _Text
    | Annotated[ImagePart, tag("image_url")]
    | Annotated[AudioPart, tag("input_audio")]
    | Annotated[FilePart, tag("file")],
    by_key("type", "text", "image_url", "input_audio", "file"),
]
_TypedAssistantPart: TypeAlias = Annotated[
    _Text | Annotated[RefusalPart, tag("refusal")], by_key("type", "text", "refusal")
]

_STRING_OR_PARTS = by_json_type("one of a string or array of objects")

UserContent: TypeAlias = Annotated[String | Annotated[list[_TypedUserPart], tag("array")], _STRING_OR_PARTS]
AssistantContent: TypeAlias = Annotated[
    String | Annotated[list[_TypedAssistantPart], tag("array")], _STRING_OR_PARTS
]
TextContent: TypeAlias = Annotated[String | Annotated[list[TextPart], tag("array")], _STRING_OR_PARTS]


# ---------------------------------------------------------------------------------------------- messages


class _Message(Shape):
    """The gateway documents one shape for all messages. What a role has no use for may hold anything."""

    name: Name | None = None
    reasoning_content: Any = None
    tool_calls: Any = None
    tool_call_id: Any = None


class SystemMessage(_Message):
    role: Literal["system", "developer"]
    content: TextContent


class UserMessage(_Message):
    role: Literal["user"]
    content: UserContent


class CalledFunction(Shape):
    """`parsed_arguments` is what SDKs have read from the arguments."""

    name: str
    arguments: str
    parsed_arguments: Any = None


class CalledCustom(Shape):
    name: str
    input: str


class _Call(Shape):
    """`index` is what SDKs keep of a stream. How long an id may be is checked in `rules`, so that no call is
    lost for its id where nothing is refused.
    """

    id: Annotated[str, Field(json_schema_extra={"maxLength": LONGEST_CALL_ID})]
    index: int | None = None


class FunctionCall(_Call):
    type: Literal["function"]
    function: CalledFunction


class CustomCall(_Call):
    type: Literal["custom"]
    custom: CalledCustom


Call: TypeAlias = Annotated[
    Annotated[FunctionCall, tag("function")] | Annotated[CustomCall, tag("custom")],
    by_key("type", "function", "custom"),
]


class AudioReference(Shape):
    """The id is what counts; SDKs hand back the whole answer."""

    id: str
    data: str | None = None
    expires_at: int | None = None
    transcript: str | None = None


class AssistantMessage(_Message):
    """`reasoning_content` is documented by the gateway: reasoning comes back as it was sent. SDKs hand back a
    message as they hold it: with nulls for what was not said, with `annotations` and with what they `parsed`.
    """

    role: Literal["assistant"]
    content: AssistantContent | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    audio: AudioReference | None = None
    tool_calls: Annotated[list[Call], Field(min_length=1)] | None = None
    function_call: CalledFunction | None = None
    annotations: list[dict[str, Any]] | None = None
    parsed: Any = None


class ToolMessage(_Message):
    role: Literal["tool"]
    content: UserContent
    tool_call_id: str


class FunctionMessage(_Message):
    role: Literal["function"]
    name: Name
    content: str | None


Message: TypeAlias = Annotated[
    Annotated[SystemMessage, tag("system")]
    | Annotated[SystemMessage, tag("developer")]
    | Annotated[UserMessage, tag("user")]
    | Annotated[AssistantMessage, tag("assistant")]
    | Annotated[ToolMessage, tag("tool")]
    | Annotated[FunctionMessage, tag("function")],
    by_key("role", *ROLES),
]
