"""The documented request of Chat Completions as types.

Mirrors "Create chat completion" of the OpenAI API reference (2026-11) and the gateway's pages of that route:
its messages, and its `contents`, `extra_body` and bare-string `response_format`. Types, ranges and required
fields stand here, and what is deprecated or ignored; rules between fields are in `rules`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from mockserver.protocols.gate import noted
from mockserver.protocols.openai.chat.contract_messages import Message, Name, Shape, String, TextContent
from mockserver.protocols.openai.unions import by_json_type, by_key, tag

_MOST_TOOLS = 128
_MOST_CHOICES = 128

Penalty: TypeAlias = Annotated[float, Field(ge=-2, le=2)]
AtLeastOne: TypeAlias = Annotated[int, Field(ge=1)]
OpaqueObject: TypeAlias = dict[str, Any]

# ------------------------------------------------------------------------------------------------- tools


class FunctionDefinition(Shape):
    name: Name
    description: str | None = None
    parameters: OpaqueObject | None = None
    strict: bool | None = None


class Grammar(Shape):
    definition: str
    syntax: Literal["lark", "regex"]


class PlainFormat(Shape):
    type: Literal["text"]


class GrammarFormat(Shape):
    type: Literal["grammar"]
    grammar: Grammar


class CustomDefinition(Shape):
    name: Name
    description: str | None = None
    format: (
        Annotated[
            Annotated[PlainFormat, tag("text")] | Annotated[GrammarFormat, tag("grammar")],
            by_key("type", "text", "grammar"),
        ]
        | None
    ) = None


class FunctionTool(Shape):
    type: Literal["function"]
    function: FunctionDefinition


class CustomTool(Shape):
    type: Literal["custom"]
    custom: CustomDefinition


Tool: TypeAlias = Annotated[
    Annotated[FunctionTool, tag("function")] | Annotated[CustomTool, tag("custom")],
    by_key("type", "function", "custom"),
]


class Named(Shape):
    name: str


class FunctionChoice(Shape):
    type: Literal["function"]
    function: Named


class CustomChoice(Shape):
    type: Literal["custom"]
    custom: Named


class AllowedTools(Shape):
    mode: Literal["auto", "required"]
    tools: list[OpaqueObject]


class AllowedToolsChoice(Shape):
    type: Literal["allowed_tools"]
    allowed_tools: AllowedTools


ToolChoice: TypeAlias = Annotated[
    Annotated[Literal["none", "auto", "required"], tag("string")]
    | Annotated[
        Annotated[
            Annotated[FunctionChoice, tag("function")]
            | Annotated[CustomChoice, tag("custom")]
            | Annotated[AllowedToolsChoice, tag("allowed_tools")],
            by_key("type", "allowed_tools", "function", "custom"),
        ],
        tag("object"),
    ],
    by_json_type("one of a string or an object"),
]

LegacyChoice: TypeAlias = Annotated[
    Annotated[Literal["none", "auto"], tag("string")] | Annotated[Named, tag("object")],
    by_json_type("one of a string or an object"),
]

# ---------------------------------------------------------------------------------------- output options


class NoFormat(Shape):
    type: Literal["text"]


class JsonSchema(Shape):
    name: Name
    description: str | None = None
    schema_: OpaqueObject | None = Field(None, alias="schema")
    strict: bool | None = None


class JsonSchemaFormat(Shape):
    type: Literal["json_schema"]
    json_schema: JsonSchema


class JsonObjectFormat(Shape):
    type: Literal["json_object"]


# The gateway's own example sends the bare string "json".
ResponseFormat: TypeAlias = Annotated[
    Annotated[Literal["text", "json", "json_object"], tag("string")]
    | Annotated[
        Annotated[
            Annotated[NoFormat, tag("text")]
            | Annotated[JsonObjectFormat, tag("json_object")]
            | Annotated[JsonSchemaFormat, tag("json_schema")],
            by_key("type", "json_object", "json_schema", "text"),
        ],
        tag("object"),
    ],
    by_json_type("an object"),
]

Stop: TypeAlias = Annotated[
    String | Annotated[list[str], Field(min_length=1, max_length=4), tag("array")],
    by_json_type("one of a string or array of strings"),
]


class StreamOptions(Shape):
    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class VoiceId(Shape):
    id: str


class AudioOptions(Shape):
    format: Literal["wav", "aac", "mp3", "flac", "opus", "pcm16"]
    voice: Annotated[String | Annotated[VoiceId, tag("object")], by_json_type("one of a string or an object")]


class ModerationMode(Shape):
    mode: Literal["score", "block"]


class ModerationPolicy(Shape):
    input: ModerationMode | None = None
    output: ModerationMode | None = None


class ModerationOptions(Shape):
    model: str
    policy: ModerationPolicy | None = None


class Prediction(Shape):
    type: Literal["content"]
    content: TextContent


class CacheOptions(Shape):
    mode: Literal["implicit", "explicit"] | None = None
    ttl: Literal["30m"] | None = None


class ApproximateLocation(Shape):
    city: str | None = None
    country: str | None = None
    region: str | None = None
    timezone: str | None = None


class UserLocation(Shape):
    type: Literal["approximate"]
    approximate: ApproximateLocation


class WebSearchOptions(Shape):
    search_context_size: Literal["low", "medium", "high"] = "medium"
    user_location: UserLocation | None = None


# ----------------------------------------------------------------------------------------------- request


def _maybe_ignored(name: str) -> Any:
    return noted("ignored", f"'{name}' may be ignored: some models of the gateway do not take it.")


def _deprecated(name: str, successor: str) -> Any:
    return noted("deprecated", f"'{name}' is deprecated: use {successor} instead.")


Metadata: TypeAlias = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]], Field(max_length=16)
]


class ChatRequest(Shape):
    """The body. A field that may be null is typed so; the API refuses null in the others."""

    model: str
    messages: Annotated[list[Message], Field(min_length=1)]
    audio: AudioOptions | None = None
    frequency_penalty: Annotated[Penalty | None, _maybe_ignored("frequency_penalty")] = None
    presence_penalty: Annotated[Penalty | None, _maybe_ignored("presence_penalty")] = None
    logit_bias: Annotated[
        dict[str, Annotated[int, Field(ge=-100, le=100)]] | None, _maybe_ignored("logit_bias")
    ] = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    max_completion_tokens: AtLeastOne | None = None
    max_tokens: Annotated[AtLeastOne | None, _deprecated("max_tokens", "'max_completion_tokens'")] = None
    metadata: Metadata | None = None
    # "image" is how clients of the gateway ask image models; the reference lists text and audio.
    modalities: list[Literal["text", "audio", "image"]] | None = None
    moderation: ModerationOptions | None = None
    n: Annotated[int, Field(ge=1, le=_MOST_CHOICES)] | None = None
    parallel_tool_calls: bool = True
    prediction: Prediction | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: CacheOptions = Field(default_factory=CacheOptions)
    prompt_cache_retention: Annotated[
        Literal["in_memory", "24h"] | None, _deprecated("prompt_cache_retention", "'prompt_cache_options'")
    ] = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    response_format: ResponseFormat = "text"
    safety_identifier: Annotated[str, Field(max_length=128)] | None = None
    seed: int | None = None
    service_tier: Literal["auto", "default", "flex", "scale", "priority", "fast"] | None = None
    stop: Stop | None = None
    store: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    tools: list[Tool] = Field([], min_length=1, max_length=_MOST_TOOLS)
    tool_choice: ToolChoice = "auto"
    user: Annotated[str, _deprecated("user", "'safety_identifier' and 'prompt_cache_key'")] = ""
    verbosity: Literal["low", "medium", "high"] | None = None
    web_search_options: WebSearchOptions = Field(default_factory=WebSearchOptions)
    functions: Annotated[list[FunctionDefinition], _deprecated("functions", "'tools'")] = Field(
        [], min_length=1, max_length=_MOST_TOOLS
    )
    function_call: Annotated[LegacyChoice, _deprecated("function_call", "'tool_choice'")] = "auto"
    # The gateway's additions. SDKs merge what is in `extra_body` into the body: then it is `google`.
    contents: Any = None
    extra_body: Any = None
    google: Any = None
