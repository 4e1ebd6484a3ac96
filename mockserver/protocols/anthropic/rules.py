"""All rules between the members of a body, in the order in which they have the word.

Mirrors "Versions", "Beta headers" and "Errors" of the Messages API documentation (2026-11). Here stand the
rules of versions and betas, of sequences and schemas; those of messages, tools and models have modules of
their own, and `pairing` tells whether calls are answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from mockserver.conversation import Failure, Json, JsonObject
from mockserver.protocols.anthropic import rules_messages, rules_models, rules_tools
from mockserver.protocols.anthropic.asked import Asked, Broken, Rule, Rules
from mockserver.protocols.anthropic.contract_tools import CUSTOM
from mockserver.protocols.anthropic.versions import BETAS_OF_MEMBERS, NEWEST
from mockserver.protocols.gate import Gate


def broken_rule(asked: Asked, gate: Gate) -> Failure | None:
    """The failure of the first rule that the body breaks; None where none is broken, or nothing refused."""
    rules = _rules_about(asked.names)
    if asked.spoken.plain:
        rules = [rule for rule in rules if rule not in _HOLD_WHERE_PLAIN]
    return _first(rules, asked, gate)


def unasked_beta(asked: Asked, gate: Gate) -> Failure | None:
    """The failure of a member whose beta the client has not asked for."""
    return _first(_beta_rules_about(asked.names), asked, gate)


@lru_cache(maxsize=512)
def _rules_about(names: frozenset[str]) -> list[Rule]:
    return [rule for about, rule in _RULES if not about.isdisjoint(names)]


@lru_cache(maxsize=512)
def _beta_rules_about(names: frozenset[str]) -> list[Rule]:
    return [rule for about, rule in _BETA_RULES if not about.isdisjoint(names)]


def _first(rules: Iterable[Rule], asked: Asked, gate: Gate) -> Failure | None:
    for rule in rules:
        for broken in rule(asked):
            failure = Failure(broken.kind, message=broken.sentence)
            if end := gate.refuse(failure, broken.pointer):
                return end
    return None


# ------------------------------------------------------------------------------------ betas and versions


def _betas_are_asked_for(asked: Asked) -> Iterator[Broken]:
    for name, betas in BETAS_OF_MEMBERS.items():
        if name in asked.body and betas.isdisjoint(asked.betas):
            yield _unasked(name, f"/{name}")


def _budget_is_asked_for(asked: Asked) -> Iterator[Broken]:
    if _has_unasked(asked.output_config, "task_budget", "task-budgets-2026-03-13", asked):
        yield _unasked("output_config.task_budget", "/output_config/task_budget")


def _binding_is_asked_for(asked: Asked) -> Iterator[Broken]:
    if _has_unasked(asked.thinking, "block_binding", "thinking-binding-controls-2026-08-01", asked):
        yield _unasked(f"thinking.{asked.thinking['type']}.block_binding", "/thinking/block_binding")


def _options_of_system_messages_are_asked_for(asked: Asked) -> Iterator[Broken]:
    for at, message in asked.spoken.system:
        if _has_unasked(message, "clear_at", "mid-conversation-system-clear-at-2026-08-21", asked):
            yield _unasked(f"messages.{at}.clear_at", f"/messages/{at}/clear_at")
        if _has_unasked(message, "output_config", "mid-conversation-output-config-2026-07-01", asked):
            yield _unasked(f"messages.{at}.output_config", f"/messages/{at}/output_config")


def _has_unasked(value: JsonObject, name: str, beta: str, asked: Asked) -> bool:
    return value.get(name) is not None and beta not in asked.betas


def _unasked(path: str, pointer: str) -> Broken:
    return Broken(f"{path}: Extra inputs are not permitted", pointer)


def _summaries_edit_no_context(asked: Asked) -> Iterator[Broken]:
    body = asked.body
    if body["compaction"] is not None and body.get("context_management") is not None:
        yield Broken("compaction: cannot be combined with `context_management`", "/compaction")


def _no_documents_from_assistant(asked: Asked) -> Iterator[Broken]:
    if asked.version != NEWEST:
        return
    for at, index, _ in asked.spoken.blocks.get("document", ()):
        if asked.messages[at]["role"] == "assistant":
            sentence = "`document` blocks are not permitted in `assistant` messages"
            yield Broken(f"messages.{at}.content.{index}: {sentence}", f"/messages/{at}/content/{index}")


def _no_citations_from_user(asked: Asked) -> Iterator[Broken]:
    if asked.version != NEWEST:
        return
    for at, index, block in asked.spoken.of_types(("text", "search_result")):
        if asked.messages[at]["role"] != "user":
            continue
        for path, pointer, text in _texts_of(block):
            if text.get("citations"):
                yield _unasked(
                    f"messages.{at}.content.{index}.{path}.citations",
                    f"/messages/{at}/content/{index}{pointer}/citations",
                )


def _texts_of(block: JsonObject) -> Iterator[tuple[str, str, JsonObject]]:
    """The block itself or the texts in a search result, each with its path and pointer."""
    if block["type"] == "text":
        yield "text", "", block
    else:
        for inner, text in enumerate(block["content"]):
            yield f"search_result.content.{inner}", f"/content/{inner}", text


# ----------------------------------------------------------------------------------- sequences, schemas


def _stop_sequences_say_something(asked: Asked) -> Iterator[Broken]:
    sequences = asked.body["stop_sequences"] or []
    if not all(sequence.strip() for sequence in sequences):
        sentence = "stop_sequences: each stop sequence must contain non-whitespace"
        yield Broken(sentence, "/stop_sequences")


_CLOSED = "For 'object' type, 'additionalProperties' must be explicitly set to false"


def _format_is_closed(asked: Asked) -> Iterator[Broken]:
    wanted = asked.output_config.get("format")
    if wanted and not _is_closed(wanted["schema"]):
        yield Broken(f"output_config.format.schema: {_CLOSED}", "/output_config/format/schema")


def _strict_tools_are_closed(asked: Asked) -> Iterator[Broken]:
    for at, tool in enumerate(asked.tools):
        is_strict = tool.get("strict") and tool.get("type") in CUSTOM
        if is_strict and not _is_closed(tool["input_schema"]):
            yield Broken(f"tools.{at}.custom: {_CLOSED}", f"/tools/{at}/input_schema")


_VALUES = frozenset({"const", "default", "enum", "example", "examples"})
"""Keywords of JSON Schema whose values are no schemas."""


def _is_closed(schema: Json) -> bool:
    """Whether every object in the schema forbids further properties. No recursion: clients nest at will."""
    left: list[Json] = [schema]
    while left:
        node = left.pop()
        if isinstance(node, list):
            left.extend(node)
        elif isinstance(node, dict):
            if node.get("type") == "object" and node.get("additionalProperties") is not False:
                return False
            left.extend(value for key, value in node.items() if key not in _VALUES)
    return True


_BETA_RULES: Rules = (
    (BETAS_OF_MEMBERS.keys(), _betas_are_asked_for),
    ({"output_config"}, _budget_is_asked_for),
    ({"thinking"}, _binding_is_asked_for),
    ({"<system>"}, _options_of_system_messages_are_asked_for),
)

_RULES: Rules = (
    *rules_messages.RULES,
    ({"compaction"}, _summaries_edit_no_context),
    ({"<document>"}, _no_documents_from_assistant),
    ({"<text>", "<search_result>"}, _no_citations_from_user),
    ({"stop_sequences"}, _stop_sequences_say_something),
    ({"thinking"}, rules_models.budget_below_limit),
    *rules_tools.RULES,
    ({"output_config"}, _format_is_closed),
    ({"tools"}, _strict_tools_are_closed),
    *rules_models.RULES,
)

_HOLD_WHERE_PLAIN = rules_messages.HOLD_WHERE_PLAIN | {_no_citations_from_user}
