"""One line per exchange, for a person (`text`) or a machine (`json`). Keys appear as fingerprints only.

Where the log is the server's own, lines do not become records of `logging`: they are gathered, and written in
one go in the next turn of the loop.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from typing import Literal, TextIO, TypeAlias

from mockserver.conversation import Failure, json_text
from mockserver.journal.entries import Entry
from mockserver.protocols.credentials import fingerprint

LogFormat = Literal["text", "json", "none"]

_server_log = logging.getLogger("mockserver")
_log = logging.getLogger("mockserver.access")

_PIPE_BUF = 4096
"""Bytes that a pipe of Linux takes in one piece."""

_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
"""Control characters, and how they are written: a client must not end the line nor steer the terminal."""


_fingerprint = lru_cache(maxsize=1024)(fingerprint)


def configure_logging(log_format: LogFormat) -> None:
    """Send the server's log to standard error in the given format."""
    lines = _Lines(sys.stderr, _json_line if log_format == "json" else _line)
    lines.setFormatter(_JsonLines() if log_format == "json" else logging.Formatter("%(message)s"))
    _server_log.handlers[:] = [lines]
    _server_log.setLevel(logging.INFO)
    _server_log.propagate = False
    _log.disabled = log_format == "none"


def log_exchange(entry: Entry, seconds: float) -> None:
    """Log a finished exchange; `seconds` is how long it took."""
    if not _log.isEnabledFor(logging.INFO):
        return
    match _server_log.handlers:
        case [_Lines() as lines] if not _log.handlers:
            lines.gather(entry, seconds)
        case _:  # whoever else listens wants records
            _log.info("%s", _line(entry, seconds), extra={"exchange": _fields(entry, seconds)})


_Told: TypeAlias = Callable[[Entry, float], str]
"""An exchange, and how many seconds it took, as a line."""


class _Lines(logging.StreamHandler[TextIO]):
    """The server's log on a stream, records and lines in the order that they came in. What is gathered is
    written before a record is, and when the process ends.
    """

    def __init__(self, stream: TextIO, told: _Told) -> None:
        super().__init__(stream)
        self._told = told
        self._gathered: list[str] = []

    def gather(self, entry: Entry, seconds: float) -> None:
        self._gathered.append(self._told(entry, seconds))
        if len(self._gathered) == 1:
            asyncio.get_running_loop().call_soon(self.flush)

    def emit(self, record: logging.LogRecord) -> None:
        self._write_gathered()
        super().emit(record)

    def flush(self) -> None:
        self._write_gathered()
        with suppress(OSError, ValueError):
            super().flush()

    def _write_gathered(self) -> None:
        """Nobody has to take the log: a stream that is closed is no reason to stop serving."""
        lines = self._gathered[:]
        del self._gathered[: len(lines)]
        if lines:
            with suppress(OSError, ValueError):
                for block in _blocks(lines):
                    self.stream.write(block)


def _blocks(lines: list[str]) -> Iterator[str]:
    """The lines, as many at once as a pipe takes in one piece: other processes may write to it too."""
    text = "\n".join((*lines, ""))
    if len(lines) <= 1 or _size(text) <= _PIPE_BUF:
        yield text
    else:
        middle = len(lines) // 2
        yield from _blocks(lines[:middle])
        yield from _blocks(lines[middle:])


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def _fields(entry: Entry, seconds: float) -> dict[str, object]:
    return {
        "protocol": entry.protocol,
        "method": entry.http.method,
        "path": entry.http.path,
        "scenario": entry.scenario,
        "status": entry.status,
        "ms": round(seconds * 1000, 1),
        "key": _fingerprint(entry.http.key),
        "outcome": entry.outcome,
        "sent": entry.delivery.sent,
        "faults": list(entry.faults),
        "findings": [asdict(finding) for finding in entry.findings],
        "note": _note(entry),
    }


def _line(entry: Entry, seconds: float) -> str:
    http = entry.http
    before, behind = _around(entry.protocol, http.method, http.path, entry.scenario, entry.status, http.key)
    line = f"{before}{seconds * 1000:.1f}{behind}"
    if _is_sound(entry) or not (note := _note(entry)):
        return line
    line = f"{line}  {note}"
    return line if line.isprintable() else line.translate(_ESCAPES)


@lru_cache(maxsize=256)
def _around(  # noqa: PLR0913, PLR0917 - cached by position
    protocol: str, method: str, path: str, scenario: str, status: int, key: str
) -> tuple[str, str]:
    """What stands before the time that it took, and behind it: who was asked what by whom, and what came."""
    asked = f"{protocol:<16} {method} {path}  {scenario or '-'}".translate(_ESCAPES)
    return f"{asked}  {status or '---'}  ", f" ms  key {_fingerprint(key)}"


def _json_line(entry: Entry, seconds: float) -> str:
    return json_text({"level": "info", **_fields(entry, seconds)})


def _is_sound(entry: Entry) -> bool:
    """Whether there is nothing to note of it."""
    return (
        entry.delivery.outcome == "complete"
        and entry.is_met
        and not (entry.failure or entry.findings or entry.faults)
    )


def _note(entry: Entry) -> str:
    """What is worth a second look: why it failed, what the contract does not have, what went wrong on
    purpose, that the client left.
    """
    notes = [*entry.unmet]
    if isinstance(entry.failure, Failure) and not notes:
        notes.append(entry.failure.message or entry.failure.kind)
    # What a request was refused for is told already; what was let pass is not.
    notes += [
        str(finding)
        for finding in entry.findings
        if not (entry.failure and (finding.severity == "error" or finding.message in notes))
    ]
    if entry.faults:
        notes.append(f"faults: {', '.join(entry.faults)}")
    match entry.outcome:
        case "left":
            notes.append(_left_after(entry.delivery.sent))
        case "faulted" if entry.faults:
            pass  # told by their names
        case "open" | "faulted" | "failed":
            notes.append(entry.outcome)
        case "complete":
            pass
    return "; ".join(notes).replace("\n", " ")


def _left_after(events: int) -> str:
    return f"the client left after {events} event{'' if events == 1 else 's'}"


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, "exchange", None) or {"message": super().format(record)}
        return json_text({"level": record.levelname.lower(), **fields})
