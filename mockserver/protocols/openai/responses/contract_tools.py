"""The documented tools of the Responses API as types, the choice among them, and the form of the text.

Mirrors `tools`, `tool_choice`, `text` and `reasoning` of "Create a model response" of the OpenAI API
reference and the types of the official SDK (2026-11). What configures a tool that the API itself runs is
taken as it is.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.gate import noted
from mockserver.protocols.openai.responses.contract_base import Open, Shape, ToolName, listed_or_other
from mockserver.protocols.openai.unions import by_json_type, by_key, by_variant, tag

# ------------------------------------------------------------------------------------------------ tools


class _ClientTool(Shape):
    name: ToolName
    defer_loading: bool | None = None
    allowed_callers: list[Literal["direct", "programmatic"]] | None = None
    async_: bool | None = Field(None, alias="async")


class FunctionTool(_ClientTool):
    type: Literal["function"]
    parameters: JsonObject | None = None
    strict: bool | None = None
    description: str | None = None
    output_schema: JsonObject | None = None


class FreeText(Shape):
    type: Literal["text"]


class Grammar(Shape):
    type: Literal["grammar"]
    definition: str
    syntax: Literal["lark", "regex"]


class CustomTool(_ClientTool):
    type: Literal["custom"]
    description: str | None = None
    format: (
        Annotated[
            Annotated[FreeText, tag("text")] | Annotated[Grammar, tag("grammar")],
            by_key("type", "text", "grammar"),
        ]
        | None
    ) = None


class NamespaceFunction(FunctionTool):
    parameters: Json = None


class NamespaceTool(Shape):
    type: Literal["namespace"]
    name: ToolName
    description: str | None = None
    tools: list[
        Annotated[
            Annotated[NamespaceFunction, tag("function")] | Annotated[CustomTool, tag("custom")],
            by_key("type", "function", "custom"),
        ]
    ]


class HostedTool(Open):
    """A tool that the API itself runs: web search, code interpreter, image generation, MCP, …"""


_TOOL_TYPES = ("function", "custom", "namespace")
DOCUMENTED_TOOLS = frozenset(
    {
        *_TOOL_TYPES,
        "web_search",
        "web_search_2025_08_26",
        "web_search_preview",
        "web_search_preview_2025_03_11",
        "file_search",
        "code_interpreter",
        "image_generation",
        "computer",
        "computer_use_preview",
        "mcp",
        "local_shell",
        "shell",
        "apply_patch",
        "tool_search",
        "programmatic_tool_calling",
    }
)

Tool: TypeAlias = Annotated[
    Annotated[FunctionTool, tag("function")]
    | Annotated[CustomTool, tag("custom")]
    | Annotated[NamespaceTool, tag("namespace")]
    | Annotated[HostedTool, tag("other")],
    by_variant(lambda tool: listed_or_other(tool.get("type"), _TOOL_TYPES), "type", *_TOOL_TYPES),
]

# ----------------------------------------------------------------------------------------------- choice


class NamedChoice(Shape):
    type: Literal["function", "custom"]
    name: str


class McpChoice(Shape):
    type: Literal["mcp"]
    server_label: str
    name: str | None = None


class AllowedTools(Shape):
    type: Literal["allowed_tools"]
    mode: Literal["auto", "required"]
    tools: list[JsonObject]


class HostedChoice(Open):
    """A built-in tool, by its type alone."""


_CHOICE_TYPES = ("function", "custom", "allowed_tools", "mcp")
DOCUMENTED_CHOICES = frozenset(
    {
        *_CHOICE_TYPES,
        "file_search",
        "web_search_preview",
        "web_search_preview_2025_03_11",
        "computer",
        "computer_use_preview",
        "computer_use",
        "image_generation",
        "code_interpreter",
        "shell",
        "apply_patch",
        "programmatic_tool_calling",
    }
)

_ChoiceObject: TypeAlias = Annotated[
    Annotated[NamedChoice, tag("function")]
    | Annotated[NamedChoice, tag("custom")]
    | Annotated[AllowedTools, tag("allowed_tools")]
    | Annotated[McpChoice, tag("mcp")]
    | Annotated[HostedChoice, tag("other")],
    by_variant(lambda choice: listed_or_other(choice.get("type"), _CHOICE_TYPES), "type", *_CHOICE_TYPES),
]

ToolChoice: TypeAlias = Annotated[
    Annotated[Literal["none", "auto", "required"], tag("string")] | Annotated[_ChoiceObject, tag("object")],
    by_json_type("one of an object or 'none', 'auto', or 'required'"),
]

# ------------------------------------------------------------------------------------- text, reasoning


class FormatPlain(Shape):
    type: Literal["text", "json_object"]


class FormatJsonSchema(Shape):
    type: Literal["json_schema"]
    name: ToolName
    schema_: JsonObject = Field(alias="schema")
    description: str | None = None
    strict: bool | None = None


Effort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None
_Summary: TypeAlias = Literal["concise", "detailed", "auto"] | None


class TextConfig(Shape):
    format: (
        Annotated[
            Annotated[FormatPlain, tag("json_object")]
            | Annotated[FormatPlain, tag("text")]
            | Annotated[FormatJsonSchema, tag("json_schema")],
            by_key("type", "json_object", "text", "json_schema"),
        ]
        | None
    ) = None
    verbosity: Literal["low", "medium", "high"] | None = None


class ReasoningConfig(Shape):
    effort: Effort = None
    summary: _Summary = None
    generate_summary: Annotated[
        _Summary, noted("deprecated", "`reasoning.generate_summary` is deprecated: use `reasoning.summary`.")
    ] = None
    context: Literal["auto", "current_turn", "all_turns"] | None = None
    mode: str | None = None
