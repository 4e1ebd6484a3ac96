"""Rules between tools and the choice among them.

Mirrors "Define tools", "Tool search" and "Web search tool" of the Messages API documentation, and the
sentences of their errors (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.protocols.anthropic.asked import Asked, Broken, Rules
from mockserver.protocols.anthropic.contract_tools import CUSTOM, TOOLSETS, WEB_TOOLS, required_name


def _names_are_known(asked: Asked) -> Iterator[Broken]:
    for at, tool in enumerate(asked.tools):
        kind = tool.get("type")
        if kind not in CUSTOM and kind not in TOOLSETS:
            name = required_name(tool["type"])
            if tool["name"] != name:
                yield Broken(f"tools.{at}.{kind}.name: Input should be '{name}'", f"/tools/{at}/name")


def _names_are_unique(asked: Asked) -> Iterator[Broken]:
    names = _names(asked)
    if len(names) != len(set(names)):
        yield Broken("tools: Tool names must be unique.", "/tools")


def _names(asked: Asked) -> list[str]:
    return [tool["name"] for tool in asked.tools if tool.get("type") not in TOOLSETS]


def _some_tool_is_at_hand(asked: Asked) -> Iterator[Broken]:
    if asked.tools and all(tool.get("defer_loading") for tool in asked.tools):
        yield Broken("At least one tool must have defer_loading=false.", "/tools")


def _domains_are_either_allowed_or_blocked(asked: Asked) -> Iterator[Broken]:
    for at, tool in enumerate(asked.tools):
        if tool.get("type") in WEB_TOOLS and tool.get("allowed_domains") and tool.get("blocked_domains"):
            sentence = "only one of allowed_domains and blocked_domains may be provided"
            yield Broken(f"tools.{at}.{tool['type']}: {sentence}", f"/tools/{at}")


def _choice_needs_tools(asked: Asked) -> Iterator[Broken]:
    if not asked.tools and not asked.body.get("mcp_servers"):
        yield Broken("tool_choice may only be specified while providing tools", "/tool_choice")


def _chosen_tool_exists(asked: Asked) -> Iterator[Broken]:
    choice = asked.body["tool_choice"]
    if not asked.tools or choice["type"] != "tool" or choice["name"] in _names(asked):
        return
    if not any(
        tool.get("type") in TOOLSETS for tool in asked.tools
    ):  # whose members the request does not list
        yield Broken(f"Tool '{choice['name']}' not found in provided tools", "/tool_choice/name")


def _thinking_forces_no_tool(asked: Asked) -> Iterator[Broken]:
    """With a budget for thinking, that is: "adaptive thinking supports forced tool use"."""
    if asked.has_budget and asked.forces_a_call:
        yield Broken("Thinking may not be enabled when tool_choice forces tool use.", "/tool_choice")


RULES: Rules = (
    ({"tools"}, _names_are_known),
    ({"tools"}, _names_are_unique),
    ({"tools"}, _some_tool_is_at_hand),
    ({"tools"}, _domains_are_either_allowed_or_blocked),
    ({"tool_choice"}, _choice_needs_tools),
    ({"tool_choice"}, _chosen_tool_exists),
    ({"tool_choice"}, _thinking_forces_no_tool),
)
