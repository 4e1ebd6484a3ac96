"""The Claude models: what the Models API tells of each, and which alias stands for which.

Mirrors "Models overview", "Model deprecations" and the ModelInfo schema of the Claude API documentation, and
the model names of the official SDKs and of the gateway's documentation (2026-11). Whether a model may be used
is no matter of this module.
"""

from __future__ import annotations

from mockserver.conversation import JsonObject
from mockserver.values import dataclass

UNKNOWN_DATE = "1970-01-01"
""""May be set to an epoch value if the release date is unknown." So is here the day of a deprecation that
only the official SDKs tell, without its date.
"""

_ADAPTIVE = frozenset({"adaptive"})
_OPTIONAL = frozenset({"adaptive", "disabled"})
_BETWEEN = frozenset({"adaptive", "between_tools"})
_BUDGETED = frozenset({"enabled", "disabled"})
_EITHER = _ADAPTIVE | _BUDGETED

_ALL_EFFORTS = frozenset({"low", "medium", "high", "xhigh", "max"})
_FOUR_EFFORTS = _ALL_EFFORTS - {"xhigh"}
_THREE_EFFORTS = frozenset({"low", "medium", "high"})


@dataclass(frozen=True, slots=True)
class Model:
    """`thinking` are the values of `thinking.type`, `efforts` those of `output_config.effort` it takes.
    `system_messages` tells whether it takes messages of role `system`, `forced_calls` whether it can be made
    to call a tool.
    """

    id: str
    name: str
    line: str
    created: str
    thinking: frozenset[str] = _ADAPTIVE
    efforts: frozenset[str] = _ALL_EFFORTS
    context: int = 1_000_000
    output: int = 128_000
    deprecated: str | None = None
    retires: str | None = None
    system_messages: bool = True
    forced_calls: bool = True

    @property
    def takes_prefill(self) -> bool:
        """Models before Claude 4.6, which brought adaptive thinking."""
        return "adaptive" not in self.thinking

    @property
    def takes_sampling(self) -> bool:
        """Models before Claude 4.7, which took budgets away as well."""
        return "enabled" in self.thinking


MODELS = (
    Model("claude-haiku-5-5", "Claude Haiku 5.5", "haiku", "2026-10-07", _OPTIONAL),
    Model("claude-sonnet-5-5", "Claude Sonnet 5.5", "sonnet", "2026-09-28", _BETWEEN, forced_calls=False),
    Model("claude-opus-5-5", "Claude Opus 5.5", "opus", "2026-09-22", forced_calls=False),
    Model("claude-fable-5-1", "Claude Fable 5.1", "fable", "2026-08-28", forced_calls=False),
    Model("claude-opus-5", "Claude Opus 5", "opus", "2026-07-24", _OPTIONAL),
    Model("claude-sonnet-5", "Claude Sonnet 5", "sonnet", "2026-06-29", _OPTIONAL),
    Model("claude-fable-5", "Claude Fable 5", "fable", "2026-06-07"),
    Model("claude-opus-4-8", "Claude Opus 4.8", "opus", "2026-05-28", _OPTIONAL),
    Model("claude-opus-4-7", "Claude Opus 4.7", "opus", "2026-04-14", _OPTIONAL, system_messages=False),
    Model(
        "claude-sonnet-4-6",
        "Claude Sonnet 4.6",
        "sonnet",
        "2026-02-17",
        _EITHER,
        _FOUR_EFFORTS,
        system_messages=False,
    ),
    Model(
        "claude-opus-4-6",
        "Claude Opus 4.6",
        "opus",
        "2026-02-04",
        _EITHER,
        _FOUR_EFFORTS,
        system_messages=False,
    ),
    Model(
        "claude-opus-4-5-20251101",
        "Claude Opus 4.5",
        "opus",
        "2025-11-24",
        _BUDGETED,
        _THREE_EFFORTS,
        200_000,
        64_000,
        system_messages=False,
        deprecated=UNKNOWN_DATE,
        retires="2027-01-22",
    ),
    Model(
        "claude-haiku-4-5-20251001",
        "Claude Haiku 4.5",
        "haiku",
        "2025-10-15",
        _BUDGETED,
        frozenset(),
        200_000,
        64_000,
        system_messages=False,
    ),
    Model(
        "claude-sonnet-4-5-20250929",
        "Claude Sonnet 4.5",
        "sonnet",
        "2025-09-29",
        _BUDGETED,
        frozenset(),
        200_000,
        64_000,
        system_messages=False,
        deprecated="2026-09-30",
        retires="2026-11-30",
    ),
    Model("claude-fable-5-2", "Claude Fable 5.2", "fable", UNKNOWN_DATE, forced_calls=False),
)
"""Newest first, as the API lists them."""

_ALIASES = {
    "claude-opus-4-5": "claude-opus-4-5-20251101",
    "claude-haiku-4-5": "claude-haiku-4-5-20251001",
    "claude-sonnet-4-5": "claude-sonnet-4-5-20250929",
}

NAMES = frozenset({*_ALIASES, *(model.id for model in MODELS)})
"""All names by which these models are asked."""

_BY_ID = {model.id: model for model in MODELS}


def find(name: str) -> Model | None:
    """The model of that id or alias."""
    return _BY_ID.get(resolve(name))


def resolve(model: str) -> str:
    """The id that answers carry for `model`; from Claude 4.6 on, names have no dated form."""
    return _ALIASES.get(model, model)


def model_info(model: Model) -> JsonObject:
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.name,
        "created_at": _moment(model.created),
        "lifecycle": "deprecated" if model.deprecated else "active",
        "deprecated_at": _moment(model.deprecated) if model.deprecated else None,
        "retires_at": _moment(model.retires) if model.retires else None,
        "line": model.line,
        "max_input_tokens": model.context,
        "max_tokens": model.output,
        "capabilities": _capabilities(model),
    }


def scenario_info(name: str) -> JsonObject:
    """A model that stands for a scenario."""
    return {
        "type": "model",
        "id": name,
        "display_name": name,
        "created_at": _moment(UNKNOWN_DATE),
        "lifecycle": "active",
        "deprecated_at": None,
        "retires_at": None,
        "line": None,
        "max_input_tokens": 1_000_000,
        "max_tokens": 128_000,
        "capabilities": None,
    }


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"


def _capabilities(model: Model) -> JsonObject:
    return {
        **{name: _supported() for name in ("batch", "citations", "code_execution")},
        "context_management": {
            "supported": True,
            "clear_thinking_20251015": _supported(),
            "clear_tool_uses_20250919": _supported(),
            "compact_20260112": _supported(is_supported=bool(model.thinking & _ADAPTIVE)),
        },
        "effort": {
            "supported": bool(model.efforts),
            **_each(("low", "medium", "high", "xhigh", "max"), model.efforts),
        },
        **{name: _supported() for name in ("image_input", "pdf_input")},
        "server_tools": {"supported": True, "web_search": _supported(), "code_execution": _supported()},
        "structured_outputs": _supported(),
        "thinking": {
            "supported": True,
            "types": _each(("adaptive", "enabled", "disabled", "between_tools"), model.thinking),
        },
    }


def _each(names: tuple[str, ...], supported: frozenset[str]) -> JsonObject:
    return {name: _supported(is_supported=name in supported) for name in names}


def _supported(*, is_supported: bool = True) -> JsonObject:
    return {"supported": is_supported}
