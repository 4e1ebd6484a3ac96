"""Rules between tools and the choice among them.

Mirrors "Define tools", "Tool search" and "Web search tool" of the Messages API documentation, and the
sentences of their errors (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.protocols.anthropic.asked import Asked, Broken, Rule
from mockserver.protocols.anthropic.contract import PromptBody
from mockserver.protocols.anthropic.contract_options import ThinkingEnabled
from mockserver.protocols.anthropic.contract_tools import (
    ChoiceAny,
    ChoiceTool,
    CustomTool,
    Toolset,
    TypedCustomTool,
    WebTool,
    required_name,
)


def _names_are_known(asked: Asked) -> Iterator[Broken]:
    for at, tool in enumerate(asked.body.tools):
        if not isinstance(tool, CustomTool | TypedCustomTool | Toolset):
            name = required_name(tool.type)
            if tool.name != name:
                yield Broken(f"tools.{at}.{tool.type}.name: Input should be '{name}'", f"/tools/{at}/name")


def _names_are_unique(asked: Asked) -> Iterator[Broken]:
    names = _names(asked.body)
    if len(names) != len(set(names)):
        yield Broken("tools: Tool names must be unique.", "/tools")


def _names(body: PromptBody) -> list[str]:
    return [tool.name for tool in body.tools if not isinstance(tool, Toolset)]


def _some_tool_is_at_hand(asked: Asked) -> Iterator[Broken]:
    tools = asked.body.tools
    if tools and all(getattr(tool, "defer_loading", False) for tool in tools):
        yield Broken("At least one tool must have defer_loading=false.", "/tools")


def _domains_are_either_allowed_or_blocked(asked: Asked) -> Iterator[Broken]:
    for at, tool in enumerate(asked.body.tools):
        if isinstance(tool, WebTool) and tool.allowed_domains and tool.blocked_domains:
            sentence = "only one of allowed_domains and blocked_domains may be provided"
            yield Broken(f"tools.{at}.{tool.type}: {sentence}", f"/tools/{at}")


def _choice_needs_tools(asked: Asked) -> Iterator[Broken]:
    if asked.has("tool_choice") and not asked.body.tools and not asked.body.mcp_servers:
        yield Broken("tool_choice may only be specified while providing tools", "/tool_choice")


def _chosen_tool_exists(asked: Asked) -> Iterator[Broken]:
    choice, tools = asked.body.tool_choice, asked.body.tools
    if not tools or not isinstance(choice, ChoiceTool) or choice.name in _names(asked.body):
        return
    if not any(isinstance(tool, Toolset) for tool in tools):  # its members are not listed in the request
        yield Broken(f"Tool '{choice.name}' not found in provided tools", "/tool_choice/name")


def _thinking_forces_no_tool(asked: Asked) -> Iterator[Broken]:
    """With a budget for thinking, that is: "adaptive thinking supports forced tool use"."""
    has_budget = isinstance(asked.body.thinking, ThinkingEnabled)
    if has_budget and isinstance(asked.body.tool_choice, ChoiceAny | ChoiceTool):
        yield Broken("Thinking may not be enabled when tool_choice forces tool use.", "/tool_choice")


RULES: tuple[Rule, ...] = (
    _names_are_known,
    _names_are_unique,
    _some_tool_is_at_hand,
    _domains_are_either_allowed_or_blocked,
    _choice_needs_tools,
    _chosen_tool_exists,
    _thinking_forces_no_tool,
)
