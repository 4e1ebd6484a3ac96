"""Tools and the choice among them, as a client sends them.

Mirrors "Define tools" and "Tool reference" of the Messages API documentation (2026-11).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag, with_config
from typing_extensions import TypedDict

from mockserver.protocols.anthropic.contract_base import Cacheable, Contract


@with_config(ConfigDict(extra="allow", strict=True))
class InputSchema(TypedDict):
    """JSON Schema of a tool's input; only that it describes an object is checked."""

    type: Literal["object"]


class _Custom(Cacheable):
    name: Annotated[str, Field(min_length=1, pattern=r"^[a-zA-Z0-9_-]{1,128}$")]
    input_schema: InputSchema
    description: str | None = None
    strict: bool | None = None
    eager_input_streaming: bool | None = None
    defer_loading: bool | None = None
    input_examples: list[dict[str, Any]] | None = None
    allowed_callers: list[str] | None = None


class CustomTool(_Custom):
    """A tool of the client's own, its type left out."""

    type: None = None


class TypedCustomTool(_Custom):
    type: Literal["custom"]


class ClientTool(Cacheable):
    """A tool that the API defines and the client runs."""

    type: Literal[
        "bash_20241022",
        "bash_20250124",
        "text_editor_20241022",
        "text_editor_20250124",
        "text_editor_20250429",
        "text_editor_20250728",
        "memory_20250818",
        "computer_20241022",
        "computer_20250124",
        "computer_20251124",
    ]
    name: str


class ServerTool(Cacheable):
    """A tool that the API defines and runs itself."""

    type: Literal[
        "web_search_20250305",
        "web_search_20260209",
        "web_search_20260318",
        "web_fetch_20250910",
        "web_fetch_20260209",
        "web_fetch_20260309",
        "web_fetch_20260318",
        "code_execution_20250522",
        "code_execution_20250825",
        "code_execution_20260120",
        "code_execution_20260521",
        "tool_search_tool_bm25",
        "tool_search_tool_bm25_20251119",
        "tool_search_tool_regex",
        "tool_search_tool_regex_20251119",
        "advisor_20260301",
    ]
    name: str


class Toolset(Cacheable):
    """A family of tools in one entry that has no name."""

    type: Literal["computer_toolset_20260801", "browser_toolset_20260801", "mcp_toolset"]


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
        Annotated[TypedCustomTool | ClientTool | ServerTool | Toolset, Field(discriminator="type")],
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
    model_config = ConfigDict(extra="forbid")

    type: Literal["none"]


ToolChoiceParam = Annotated[
    ChoiceAuto | ChoiceAny | ChoiceTool | ChoiceNone,
    Field(discriminator="type"),
]
