"""How the findings of a request are told in the head of its answer. No clock, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote

from mockserver.conversation import Finding
from mockserver.playback.steps import Head, Step, Whole

HEADER = "x-mock-findings"

_MOST_TOLD = 20
_LONGEST_POINTER = 200


def told(steps: Iterator[Step], findings: Sequence[Finding]) -> Iterator[Step]:
    """The steps, with the findings in the head of the answer."""
    return with_header(steps, (HEADER, header_text(findings))) if findings else steps


def header_text(findings: Sequence[Finding]) -> str:
    """Findings as the value of a header: `unknown unknown_parameter /foo, …`; pointers percent-encoded."""
    listed = [
        f"{finding.severity} {finding.code} {quote(finding.pointer[:_LONGEST_POINTER])}".rstrip()
        for finding in findings[:_MOST_TOLD]
    ]
    more = len(findings) - len(listed)
    return ", ".join([*listed, *([f"{more} more"] if more else [])])


def with_header(steps: Iterable[Step], header: tuple[str, str]) -> Iterator[Step]:
    """The steps, with one more header in the head of the answer."""
    for step in steps:
        match step:
            case Whole(answer=answer):
                yield Whole(replace(answer, headers=(*answer.headers, header)))
            case Head(headers=headers):
                yield replace(step, headers=(*headers, header))
            case _:
                yield step
