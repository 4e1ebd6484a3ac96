"""The tools that a client offers to the Gemini API, as typed models.

Mirrors "Caching" (Tool, Schema, FunctionDeclaration, ToolConfig) of the Gemini API reference and the types of
google-genai 3.6 for the Developer API (2026-11). What a tool that runs at Google is configured with is left
open.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from mockserver.protocols.gemini.proto_types import (
    Bool,
    Float,
    Int64,
    ProtoMessage,
    Repeated,
    Struct,
    one_of,
)

Type: TypeAlias = Annotated[
    str,
    one_of("Type", "TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"),
]


class Schema(ProtoMessage):
    """The subset of an OpenAPI schema object that the API takes. Other words of JSON Schema (`$schema`,
    `const`, `exclusiveMinimum`) are unknown names; a whole JSON Schema has fields of its own.
    """

    type: Type | None = None
    format: str | None = None
    title: str | None = None
    description: str | None = None
    nullable: Bool | None = None
    enum: Repeated[str] | None = None
    items: Schema | None = None
    max_items: Int64 | None = None
    min_items: Int64 | None = None
    properties: dict[str, Schema] | None = None
    required: Repeated[str] | None = None
    property_ordering: Repeated[str] | None = None
    min_properties: Int64 | None = None
    max_properties: Int64 | None = None
    minimum: Float | None = None
    maximum: Float | None = None
    min_length: Int64 | None = None
    max_length: Int64 | None = None
    pattern: str | None = None
    any_of: Repeated[Schema] | None = None
    default: Any = None
    example: Any = None
    additional_properties: Any = None
    defs: dict[str, Schema] | None = None
    ref: str | None = None


Behavior: TypeAlias = Annotated[
    str, one_of("FunctionDeclaration.Behavior", "UNSPECIFIED", "BLOCKING", "NON_BLOCKING")
]


class FunctionDeclaration(ProtoMessage):
    name: str | None = None
    description: str | None = None
    parameters: Schema | None = None
    parameters_json_schema: Any = None
    response: Schema | None = None
    response_json_schema: Any = None
    behavior: Behavior | None = None


class Tool(ProtoMessage):
    function_declarations: Repeated[FunctionDeclaration] | None = None
    google_search: Struct | None = None
    google_search_retrieval: Struct | None = None
    code_execution: Struct | None = None
    url_context: Struct | None = None
    google_maps: Struct | None = None
    file_search: Struct | None = None
    computer_use: Struct | None = None
    mcp_servers: Repeated[Struct] | None = None


Mode: TypeAlias = Annotated[
    str,
    one_of("FunctionCallingConfig.Mode", "MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"),
]


class FunctionCallingConfig(ProtoMessage):
    """`streamFunctionCallArguments` is of the Agent Platform; this API does not know it."""

    mode: Mode | None = None
    allowed_function_names: Repeated[str] | None = None


class LatLng(ProtoMessage):
    latitude: Float | None = None
    longitude: Float | None = None


class RetrievalConfig(ProtoMessage):
    lat_lng: LatLng | None = None
    language_code: str | None = None


class ToolConfig(ProtoMessage):
    function_calling_config: FunctionCallingConfig | None = None
    retrieval_config: RetrievalConfig | None = None
    include_server_side_tool_invocations: Bool | None = None


PROTO_MAPS = frozenset({"properties", "defs", "labels"})
"""Fields that are maps; a path shows their entries as `properties[i].value`."""
