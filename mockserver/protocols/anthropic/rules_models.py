"""What some models take and others do not: limits, efforts, ways of thinking, roles, prefills.

Mirrors "Models overview", "Effort", "Thinking", "Prefill not supported" and "Mid-conversation system
messages" of the Claude API documentation, and the sentences of their errors (2026-11). These rules hold for
the models of the catalogue alone: of any other name nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.protocols.anthropic.asked import Asked, Broken, Rules
from mockserver.protocols.anthropic.contract import SampledMessageBody
from mockserver.protocols.anthropic.spoken import as_blocks

_USE_ADAPTIVE = 'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
_INTERLEAVED = "interleaved-thinking-2025-05-14"
_LONGER_OUTPUT = frozenset({"output-128k-2025-02-19", "output-300k-2026-03-24"})


def budget_below_limit(asked: Asked) -> Iterator[Broken]:
    """Holds for every model that has a budget, but not for thinking between calls: its budget is that of the
    whole turn, and may exceed the limit of one answer.
    """
    if not asked.is_to_be_answered or not asked.has_budget or _INTERLEAVED in asked.betas:
        return
    if asked.body["max_tokens"] <= asked.thinking["budget_tokens"]:
        yield Broken(
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at "
            "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
            "#max-tokens-and-context-window-size",
            "/max_tokens",
        )


def _max_tokens_is_below_the_cap(asked: Asked) -> Iterator[Broken]:
    model, most = asked.model, asked.body["max_tokens"]
    if model and most > model.output and _LONGER_OUTPUT.isdisjoint(asked.betas):
        yield Broken(
            f"max_tokens: {most} > {model.output}, which is the maximum allowed number of output "
            f"tokens for {asked.body['model']}",
            "/max_tokens",
        )


def _effort_is_supported(asked: Asked) -> Iterator[Broken]:
    effort, model = asked.output_config.get("effort"), asked.model
    if model is None or effort is None or effort in model.efforts:
        return
    if model.efforts:
        levels = ", ".join(sorted(model.efforts))
        sentence = f"This model does not support effort level '{effort}'. Supported levels: {levels}."
    else:
        sentence = "This model does not support the effort parameter."
    yield Broken(sentence, "/output_config/effort")


def _thinking_is_supported(asked: Asked) -> Iterator[Broken]:
    kind, model = asked.thinking["type"], asked.model
    if model is None or kind in model.thinking:
        return
    if kind == "adaptive":
        yield Broken("adaptive thinking is not supported on this model", "/thinking/type")
    else:
        sentence = f'"thinking.type.{kind}" is not supported for this model. {_USE_ADAPTIVE}'
        yield Broken(sentence, "/thinking/type")


def _calls_are_not_forced(asked: Asked) -> Iterator[Broken]:
    if asked.model and not asked.model.forced_calls and asked.forces_a_call:
        sentence = 'tool_choice: type "tool" and "any" are not supported for this model.'
        yield Broken(sentence, "/tool_choice/type")


def _sampling_is_supported(asked: Asked) -> Iterator[Broken]:
    body, model = asked.body, asked.model
    if model is None or model.takes_sampling or asked.contract is not SampledMessageBody:
        return
    refused = {
        "temperature": body.get("temperature", 1) != 1,
        "top_p": body.get("top_p", 1) < _LEAST_TOP_P,
        "top_k": "top_k" in body,
    }
    for name in (name for name, is_refused in refused.items() if is_refused):
        yield Broken(f"`{name}` is deprecated for this model.", f"/{name}")


_LEAST_TOP_P = 0.99


def _system_messages_are_supported(asked: Asked) -> Iterator[Broken]:
    if asked.model is None or asked.model.system_messages:
        return
    for at, _ in asked.spoken.system:
        yield Broken("role 'system' is not supported on this model", f"/messages/{at}/role")


def _prefill_is_supported(asked: Asked) -> Iterator[Broken]:
    """A turn that was paused is resumed with what it ended with, which is no prefill; nor is a conversation
    that is only to be summarized.
    """
    if asked.model is None or asked.model.takes_prefill:
        return
    if "fallback_credit_token" in asked.body or asked.body.get("compaction"):
        return
    last = as_blocks(asked.messages[-1]["content"])
    if not last or last[-1]["type"] == "text":
        yield Broken(
            "This model does not support assistant message prefill. The conversation must end with a user "
            "message.",
            f"/messages/{len(asked.messages) - 1}",
        )


RULES: Rules = (
    ({"max_tokens"}, _max_tokens_is_below_the_cap),
    ({"<system>"}, _system_messages_are_supported),
    ({"<prefill>"}, _prefill_is_supported),
    ({"thinking"}, _thinking_is_supported),
    ({"output_config"}, _effort_is_supported),
    ({"temperature", "top_p", "top_k"}, _sampling_is_supported),
    ({"tool_choice"}, _calls_are_not_forced),
)
