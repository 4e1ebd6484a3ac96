"""What it costs to hold a request to its contract: `python -m tests.benchmark.contract_cost`.

For each wire a small body and an agent's, of 200 messages and 40 tools: how long orjson takes to parse it,
how long its shape is checked, how long it is read in all (parsed, checked, held to the rules, turned into
neutral words), and how long the turns in it are compared with what was said. Prints a table for Markdown, in
microseconds; each is the best of several runs.
"""

from __future__ import annotations

import sys
import timeit
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from mockserver.conversation import Http, Request
from mockserver.history.fidelity import Memory, followed
from mockserver.history.turns import role_runs
from mockserver.protocols import VENDORS, gate
from mockserver.protocols.base import Context, Dialect

from .bodies import BODIES, MESSAGES, TOOLS

ROUNDS = 50

# ------------------------------------------------------------------------------------------- measuring


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds."""

    wire: str
    size: int
    parsed: float
    shaped: float
    read: float
    compared: float

    def __str__(self) -> str:
        ratio, beyond = self.read / self.parsed, (self.read - self.shaped) / self.parsed
        return (
            f"| {self.wire} | {self.size:,} | {self.parsed:,.0f} | {self.shaped:,.0f} | {self.read:,.0f} "
            f"| {self.compared:,.0f} | {ratio:.1f} | {beyond:.1f} |"
        )


HEAD = (
    "| wire | bytes | parse | shape | read in all | compare turns | read / parse | (read - shape) / parse |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def best(act: Callable[[], object]) -> float:
    return min(timeit.repeat(act, number=1, repeat=ROUNDS)) * 1e6


def cost(dialect: Dialect, messages: int, tools: int) -> Cost:
    path, body = BODIES[dialect.name](messages, tools)
    content = orjson.dumps(body)
    headers = {"anthropic-version": "2023-06-01", "content-type": "application/json"}
    http = Http(
        "POST", path, headers, body=content, key="k", params={"model": body.get("model", "gemini-3-flash")}
    )
    context = Context(identity=b"benchmark")
    request = dialect.read(http, context)
    if not isinstance(request, Request):
        sys.exit(f"{dialect.name} refuses its own body: {request}")
    return Cost(
        dialect.name,
        len(content),
        best(lambda: orjson.loads(content)),
        shaping(dialect, http, context),
        best(lambda: dialect.read(http, context)),
        comparing(request),
    )


def shaping(dialect: Dialect, http: Http, context: Context) -> float:
    """How long the shape is checked, as the dialect has it checked."""
    asked: list[tuple[Any, ...]] = []

    def overheard(check: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*arguments: Any) -> Any:
            asked.append((check, *arguments))
            return check(*arguments)

        return checked

    users = [
        (vars(module), check)
        for module in list(sys.modules.values())
        for check in (gate.check_shape, gate.check_body)
        if module is not gate and vars(module).get(check.__name__) is check
    ]
    for names, check in users:
        names[check.__name__] = overheard(check)
    dialect.read(http, context)
    for names, check in users:
        names[check.__name__] = check
    if not asked:
        sys.exit(f"{dialect.name} does not have its shape checked by the gate")
    ((check, contract, body, _, wording),) = asked
    return best(lambda: check(contract, body, gate.Gate(), wording))


def comparing(request: Request) -> float:
    """How long the turns of a conversation are compared, all of them said here, and the next is kept."""
    memory = Memory()
    runs = list(role_runs(request.messages))
    for at, run in enumerate(runs):
        if run[0].role == "assistant":
            before = [message for earlier in runs[:at] for message in earlier]
            parts = tuple(part for message in run for part in message.parts)
            memory.remember(followed(before), parts, lambda: True)

    def compared() -> None:
        conversation = followed(request.messages)
        assert not list(memory.differences(conversation))
        memory.remember(conversation, (), lambda: True)

    return best(compared)


def rows() -> Iterator[str]:
    yield HEAD
    for vendor in VENDORS:
        for dialect in (dialect for dialect in vendor.dialects if dialect.name in BODIES):
            yield str(cost(dialect, 1, 0))
            yield str(cost(dialect, MESSAGES, TOOLS))


if __name__ == "__main__":
    for row in rows():
        sys.stdout.write(f"{row}\n")
