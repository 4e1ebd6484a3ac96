"""The documented messages of Chat Completions as types.

Mirrors the `messages` of "Create chat completion" of the OpenAI API reference (2026-11), and the gateway's
`reasoning_content`. Only types and required fields stand here; rules between messages are in `checks`.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from mockserver.protocols.openai.unions import by_json_type, by_key, tag

ROLES = ("system", "assistant", "user", "function", "tool", "developer")

_LONGEST_CALL_ID = 40

Name: TypeAlias = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$", max_length=64)]
String: TypeAlias = Annotated[str, tag("string")]


class Shape(BaseModel):
    """An object of the contract: exact JSON types, unknown members kept."""

    model_config = ConfigDict(strict=True, extra="allow", defer_build=True)


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
    refusal: str


class ImageUrl(Shape):
    url: str
    detail: Literal["auto", "low", "high", "original"] | None = None


class ImagePart(_CacheablePart):
    image_url: ImageUrl


class InputAudio(Shape):
    data: str
    format: Literal["wav", "mp3"]


class AudioPart(_CacheablePart):
    input_audio: InputAudio


class File(Shape):
    file_data: str | None = None
    file_id: str | None = None
    filename: str | None = None


class FilePart(_CacheablePart):
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


class SystemMessage(Shape):
    """Of role `system` or `developer`."""

    content: TextContent
    name: Name | None = None


class UserMessage(Shape):
    content: UserContent
    name: Name | None = None


class CalledFunction(Shape):
    name: str
    arguments: str


class CalledCustom(Shape):
    name: str
    input: str


class _Call(Shape):
    id: Annotated[str, Field(max_length=_LONGEST_CALL_ID)]


class FunctionCall(_Call):
    function: CalledFunction


class CustomCall(_Call):
    custom: CalledCustom


Call: TypeAlias = Annotated[
    Annotated[FunctionCall, tag("function")] | Annotated[CustomCall, tag("custom")],
    by_key("type", "function", "custom"),
]


class AudioReference(Shape):
    id: str


class AssistantMessage(Shape):
    """`reasoning_content` is documented by the gateway: reasoning comes back as it was sent."""

    content: AssistantContent | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    name: Name | None = None
    audio: AudioReference | None = None
    tool_calls: list[Call] = Field([], min_length=1)
    function_call: CalledFunction | None = None


class ToolMessage(Shape):
    content: UserContent
    tool_call_id: str


class FunctionMessage(Shape):
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
