"""Tools and the choice among them, as a client sends them.

Mirrors "Define tools" and "Tool reference" of the Messages API documentation (2026-11), beta tools included.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, get_args

from pydantic import ConfigDict, Discriminator, Field, Tag, with_config
from typing_extensions import TypedDict

from mockserver.protocols.anthropic.contract_base import (
    Cacheable,
    CacheControl,
    Contract,
    NotPermitted,
    type_names,
)
from mockserver.protocols.anthropic.contract_content import CitationsConfig

CallerName = Literal[
    "direct", "code_execution_20250825", "code_execution_20260120", "code_execution_20260521"
]


@with_config(ConfigDict(extra="allow", strict=True))
class InputSchema(TypedDict):
    """JSON Schema of a tool's input; only that it describes an object is checked."""

    type: Literal["object"]
    properties: NotRequired[Any]
    required: NotRequired[Any]


class _Offered(Cacheable):
    """What any tool with a name takes."""

    strict: bool | None = None
    defer_loading: bool | None = None
    allowed_callers: list[CallerName] | None = None


class _Custom(_Offered):
    name: Annotated[str, Field(min_length=1, pattern=r"^[a-zA-Z0-9_-]{1,128}$")]
    input_schema: InputSchema
    description: str | None = None
    eager_input_streaming: bool | None = None
    input_examples: list[dict[str, Any]] | None = None


class CustomTool(_Custom):
    """A tool of the client's own, its type left out."""

    type: None = None


class TypedCustomTool(_Custom):
    type: Literal["custom"]


# ------------------------------------------------------------------------------ tools that the client runs


class _ClientTool(_Offered):
    name: str
    input_examples: list[dict[str, Any]] | None = None


class BashTool(_ClientTool):
    type: Literal["bash_20241022", "bash_20250124", "memory_20250818"]


class TextEditorTool(_ClientTool):
    type: Literal["text_editor_20241022", "text_editor_20250124", "text_editor_20250429"]


class LimitedTextEditorTool(_ClientTool):
    type: Literal["text_editor_20250728"]
    max_characters: int | None = None


class _ComputerTool(_ClientTool):
    display_width_px: int
    display_height_px: int
    display_number: int | None = None


class ComputerTool(_ComputerTool):
    type: Literal["computer_20241022", "computer_20250124"]


class ZoomingComputerTool(_ComputerTool):
    type: Literal["computer_20251124"]
    enable_zoom: bool | None = None


# -------------------------------------------------------------------------------- tools that the API runs


class _ServerTool(_Offered):
    name: str


class UserLocation(Contract):
    type: Literal["approximate"]
    city: str | None = None
    country: str | None = None
    region: str | None = None
    timezone: str | None = None


class _WebTool(_ServerTool):
    allowed_domains: list[str] | None = None
    blocked_domains: list[str] | None = None
    max_uses: int | None = None


class WebSearchTool(_WebTool):
    type: Literal["web_search_20250305", "web_search_20260209"]
    user_location: UserLocation | None = None


class InclusiveWebSearchTool(_WebTool):
    type: Literal["web_search_20260318"]
    user_location: UserLocation | None = None
    response_inclusion: Literal["full", "excluded"] | None = None


class _WebFetchTool(_WebTool):
    citations: CitationsConfig | None = None
    max_content_tokens: int | None = None
    url_sources: dict[str, Any] | None = None


class WebFetchTool(_WebFetchTool):
    type: Literal["web_fetch_20250910", "web_fetch_20260209"]


class CachingWebFetchTool(_WebFetchTool):
    type: Literal["web_fetch_20260309"]
    use_cache: bool | None = None


class InclusiveWebFetchTool(_WebFetchTool):
    type: Literal["web_fetch_20260318"]
    use_cache: bool | None = None
    response_inclusion: Literal["full", "excluded"] | None = None


class PlainServerTool(_ServerTool):
    """One with nothing to set."""

    type: Literal[
        "code_execution_20250522",
        "code_execution_20250825",
        "code_execution_20260120",
        "code_execution_20260521",
        "tool_search_tool_bm25",
        "tool_search_tool_bm25_20251119",
        "tool_search_tool_regex",
        "tool_search_tool_regex_20251119",
    ]


class AdvisorTool(_ServerTool):
    type: Literal["advisor_20260301"]
    model: str
    caching: CacheControl | None = None
    max_tokens: int | None = None
    max_uses: int | None = None


# ------------------------------------------------------------------------------------------------ toolsets


class ActionToolset(Cacheable):
    """A family of tools in one entry that has no name. `configs` has a member for each of its tools."""

    type: Literal["computer_toolset_20260801", "browser_toolset_20260801"]
    configs: dict[str, Any] | None = None


class McpToolConfig(Contract):
    enabled: bool | None = None
    defer_loading: bool | None = None


class McpToolset(Cacheable):
    type: Literal["mcp_toolset"]
    mcp_server_name: str
    configs: dict[str, McpToolConfig] | None = None
    default_config: McpToolConfig | None = None
    tools: list[Any] | None = None


Toolset = ActionToolset | McpToolset
WebTool = WebSearchTool | InclusiveWebSearchTool | WebFetchTool | CachingWebFetchTool | InclusiveWebFetchTool
ClientTool = BashTool | TextEditorTool | LimitedTextEditorTool | ComputerTool | ZoomingComputerTool
ServerTool = WebTool | PlainServerTool | AdvisorTool

CUSTOM = frozenset({None, "custom"})
"""The type of a tool of the client's own may be left out."""

TOOLSETS, WEB_TOOLS, CLIENT_TOOLS = (type_names(*get_args(tools)) for tools in (Toolset, WebTool, ClientTool))

TOOL_NAMES = {
    "bash": "bash",
    "text_editor_20241022": "str_replace_editor",
    "text_editor_20250124": "str_replace_editor",
    "text_editor": "str_replace_based_edit_tool",
    "memory": "memory",
    "computer": "computer",
    "web_search": "web_search",
    "web_fetch": "web_fetch",
    "code_execution": "code_execution",
    "tool_search_tool_bm25": "tool_search_tool_bm25",
    "tool_search_tool_regex": "tool_search_tool_regex",
    "advisor": "advisor",
}
"""Type, with or without its date -> the only name such a tool may have."""


def required_name(tool_type: str) -> str:
    """The name that a tool of the API's own type must have."""
    return TOOL_NAMES.get(tool_type) or TOOL_NAMES[tool_type.rpartition("_")[0]]


_TYPED = "<typed>"


def _custom_or_typed(value: object) -> str:
    if isinstance(value, dict) and value.get("type") is None:
        return "custom"
    return _TYPED


ToolParam = Annotated[
    Annotated[CustomTool, Tag("custom")]
    | Annotated[
        Annotated[
            TypedCustomTool | ClientTool | ServerTool | ActionToolset | McpToolset,
            Field(discriminator="type"),
        ],
        Tag(_TYPED),
    ],
    Discriminator(_custom_or_typed),
]


class ChoiceAuto(Contract):
    type: Literal["auto"]
    disable_parallel_tool_use: bool | None = None


class ChoiceAny(Contract):
    type: Literal["any"]
    disable_parallel_tool_use: bool | None = None


class ChoiceTool(Contract):
    type: Literal["tool"]
    name: str
    disable_parallel_tool_use: bool | None = None


class ChoiceNone(Contract):
    type: Literal["none"]
    disable_parallel_tool_use: NotPermitted = None


ToolChoiceParam = Annotated[
    ChoiceAuto | ChoiceAny | ChoiceTool | ChoiceNone,
    Field(discriminator="type"),
]
