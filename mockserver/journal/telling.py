"""The journal of one key as text for people. No clock, no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.journal.recorded import RecordedExchange
from mockserver.journal.verification import unmet
from mockserver.scenario.problems import counted

LONGEST_TEXT = 80
MOST_EXCHANGES = 50


def tell_journal(exchanges: Sequence[RecordedExchange]) -> str:
    """The latest exchanges, oldest first: what was asked, what answered, and what was wrong with it."""
    return "\n".join(_lines(exchanges)) or "No request was made."


def _lines(exchanges: Sequence[RecordedExchange]) -> Iterator[str]:
    left_out = max(len(exchanges) - MOST_EXCHANGES, 0)
    if left_out:
        yield f"({counted(left_out, 'earlier exchange')} not shown)"
    for number, exchange in enumerate(exchanges[left_out:], left_out + 1):
        yield f"{number}. {_asked(exchange)} -> {_answered(exchange)}"
        if exchange.faults:
            yield f"   faults: {', '.join(exchange.faults)}"
        for one in unmet([exchange.entry]):
            yield f"   {one}"


def _asked(exchange: RecordedExchange) -> str:
    if exchange.refused:
        return f"{exchange.protocol} {exchange.http.method} {exchange.path}"
    stream = " stream" if exchange.stream else ""
    results = f" with results of {', '.join(exchange.tool_results)}" if exchange.tool_results else ""
    return f"{exchange.protocol}{stream} {exchange.model} {_short(exchange.user)}{results}"


def _answered(exchange: RecordedExchange) -> str:
    answered = exchange.answered_by or (exchange.failure.kind if exchange.failure else "no scenario")
    return f"{answered} ({exchange.status or 'no status'}, {exchange.outcome})"


def _short(text: str) -> str:
    return repr(text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…")
