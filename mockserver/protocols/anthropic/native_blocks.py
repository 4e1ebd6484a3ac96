"""How blocks that only this wire has are streamed: most whole in their start, some in pieces.

Mirrors "Streaming messages" of the Claude API documentation and recorded traffic (2026-11): calls of server
and MCP tools stream their input, cited text its citations before its words, a compaction its summary.
"""

from __future__ import annotations

import orjson

from mockserver.conversation import JsonObject

_CALLS = frozenset({"server_tool_use", "mcp_tool_use", "tool_use"})


def native_head(block: JsonObject) -> JsonObject:
    """The block as `content_block_start` shows it."""
    if _streams_input(block):
        return block | {"input": {}}
    if _streams_citations(block):
        return {"citations": [], "type": "text", "text": ""}
    if block.get("type") == "compaction":
        return {name: value if name == "type" else None for name, value in block.items()}
    return block


def native_deltas(block: JsonObject) -> list[JsonObject]:
    """What follows the head, piece by piece."""
    if _streams_input(block):
        pieces = ["", orjson.dumps(block["input"]).decode()] if block["input"] else [""]
        return [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    if _streams_citations(block):
        cited = [{"type": "citations_delta", "citation": citation} for citation in block["citations"]]
        return [*cited, {"type": "text_delta", "text": block.get("text", "")}]
    if block.get("type") == "compaction":
        return [block | {"type": "compaction_delta"}]
    return []


def _streams_input(block: JsonObject) -> bool:
    return block.get("type") in _CALLS and isinstance(block.get("input"), dict)


def _streams_citations(block: JsonObject) -> bool:
    return block.get("type") == "text" and isinstance(block.get("citations"), list)
