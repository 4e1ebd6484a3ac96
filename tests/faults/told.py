"""The outcome of a fault in a few words, told by what is otherwise than without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from faults.sdk_content import Outcome

_SHORT = 28
_LONG = 52
_CONTENT = ("thinking", "text", "calls")
_OTHERS = ("role", "model")

SAME = "the same"


@dataclass(frozen=True, slots=True)
class Manner:
    """How an outcome is told: `is_unsure` where it is one exception or another, `is_racy` where what comes
    before one is not the same each time, `cut` how many pieces more there are for the fault to stand between.
    """

    is_unsure: bool = False
    is_racy: bool = False
    cut: int = 0


def told(outcome: Outcome, healthy: Outcome, manner: Manner) -> str:
    """What a client has, and how it learns of the fault."""
    if manner.is_unsure and outcome.error:
        return "an exception, or silence"
    if outcome.error:
        if outcome.error == healthy.error:
            return f"`{outcome.error}`, as without the fault"
        before = _before_error(outcome, healthy, manner)
        return f"{before}, then `{outcome.error}`" if before else f"`{outcome.error}`"
    if outcome.events == 0:
        return "no event"
    if "a value" in outcome.facts:
        return str(outcome.facts["a value"])
    if healthy.error:
        return f"no `{healthy.error}`, finish `{outcome.facts.get('finish')}`"
    facts = _differences(outcome.facts, healthy.facts)
    if facts:
        return ", ".join(facts)
    if outcome.events is None or healthy.events is None:
        return SAME
    more = outcome.events - healthy.events - manner.cut
    return f"{SAME}, in {_counted(abs(more))} {'more' if more > 0 else 'fewer'}" if more else SAME


def _counted(events: int) -> str:
    return f"{events} event{'' if events == 1 else 's'}"


def _before_error(outcome: Outcome, healthy: Outcome, manner: Manner) -> str:
    """How much came before an exception."""
    if not outcome.events or not outcome.facts:
        return ""
    if manner.is_racy:
        return "some of it"
    if outcome.events - manner.cut >= (healthy.events or 0) or not _differences(outcome.facts, healthy.facts):
        return "all of it"
    last = [name for name in _CONTENT if outcome.facts.get(name)]
    if not last:
        return _counted(outcome.events)
    return f"{', '.join(last)} up to {_up_to(last[-1], outcome.facts[last[-1]])}"


def _up_to(name: str, value: Any) -> str:
    if name != "calls":
        text = _plain(value)
        return f"`{text if len(text) <= _SHORT else '…' + text[-_SHORT:]}`"
    *_, (called, arguments) = value.values()
    return f"`{_plain(f'{called}({arguments}')[:_LONG]}`"


def _differences(seen: dict[str, Any], whole: dict[str, Any]) -> list[str]:
    if not any(seen.get(name) for name in (*_CONTENT, "finish", "final")):
        return ["nothing of it"]
    found = _ids(seen)
    if "an event" in seen:
        found.append("an event with the error")
    if not any(seen.get(name) for name in _CONTENT):
        found.append("no content")
    else:
        found += [_content(name, seen, whole) for name in _CONTENT if not _is_same(name, seen, whole)]
    ended = seen.get("finish") == whole.get("finish")
    if not ended:
        found.append(f"finish `{seen['finish']}`" if seen.get("finish") else "no finish")
    if seen.get("usage") != whole.get("usage") and (ended or "usage" not in seen):
        found.append(_usage(seen.get("usage")))
    if ended and seen.get("signature") != whole.get("signature"):
        found.append("no signature")
    found += [_other(name, seen) for name in _OTHERS if seen.get(name) != whole.get(name)]
    return found + _final(seen, whole)


def _is_same(name: str, seen: dict[str, Any], whole: dict[str, Any]) -> bool:
    return bool(seen.get(name, "") == whole.get(name, ""))


def _final(seen: dict[str, Any], whole: dict[str, Any]) -> list[str]:
    """What the response in the last event of a stream has otherwise."""
    if "final" not in whole:
        return []
    if "final" not in seen:
        return ["no final response"]
    return [f"at last {text}" for text in _differences(seen["final"], whole["final"])]


def _ids(seen: dict[str, Any]) -> list[str]:
    ids = seen.get("ids", ())
    if len(ids) > 1:
        return [f"{len(ids)} ids"]
    return ["no id"] if None in ids else []


def _content(name: str, seen: dict[str, Any], whole: dict[str, Any]) -> str:
    if not seen.get(name):
        return f"no {name}"
    if name == "calls":
        return _calls(seen[name], whole.get(name, {}))
    text = _plain(seen[name])
    if len(text) <= 2 * _SHORT:
        return f"{name} `{text}`"
    return f"{name} `{text[:_SHORT]}…{text[-8:]}`" + (
        f" ({len(text)} characters)" if len(text) > 1000 else ""
    )


def _calls(seen: dict[Any, list[str]], whole: dict[Any, list[str]]) -> str:
    if list(seen.values()) == list(whole.values()):
        return f"calls numbered {', '.join(str(key) for key in seen)}"
    texts = [_plain(f"{name or '?'}({arguments})") for name, arguments in seen.values()]
    shown = ", ".join(f"`{text if len(text) <= _LONG else text[: _LONG - 1] + '…'}`" for text in texts[:1])
    return f"{len(seen)} calls, the first {shown}" if len(seen) > 1 else f"one call {shown}"


def _usage(usage: Any) -> str:
    if not usage:
        return "no usage"
    return f"usage {'/'.join('`None`' if count is None else str(count) for count in usage)}"


def _other(name: str, seen: dict[str, Any]) -> str:
    if not seen.get(name):
        return f"no {name}"
    value = _plain(str(seen[name]))
    return f"{name} `{value if len(value) <= _SHORT else value[: _SHORT - 1] + '…'}`"


def _plain(text: Any) -> str:
    return str(text).replace("\n", " ").replace("|", "¦").replace("`", "'")
