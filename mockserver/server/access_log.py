"""One line per exchange, for a person (`text`) or a machine (`json`). Keys appear as fingerprints only."""

from __future__ import annotations

import logging
import sys
from dataclasses import asdict
from typing import Literal

from mockserver.conversation import Failure, json_text
from mockserver.journal import Entry
from mockserver.protocols.credentials import fingerprint

LogFormat = Literal["text", "json", "none"]

_log = logging.getLogger("mockserver.access")

_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
"""Control characters, and how they are written: a client must not end the line nor steer the terminal."""


def configure_logging(log_format: LogFormat) -> None:
    """Send the server's log to standard error in the given format."""
    root = logging.getLogger("mockserver")
    root.handlers[:] = [logging.StreamHandler(sys.stderr)]
    root.handlers[0].setFormatter(_JsonLines() if log_format == "json" else logging.Formatter("%(message)s"))
    root.setLevel(logging.INFO)
    root.propagate = False
    _log.disabled = log_format == "none"


def log_exchange(entry: Entry, seconds: float) -> None:
    """Log a finished exchange; `seconds` is how long it took."""
    if _log.isEnabledFor(logging.INFO):
        _log.info("%s", _line(entry, seconds), extra={"exchange": _fields(entry, seconds)})


def _fields(entry: Entry, seconds: float) -> dict[str, object]:
    return {
        "protocol": entry.protocol,
        "method": entry.http.method,
        "path": entry.http.path,
        "scenario": entry.scenario,
        "status": entry.status,
        "ms": round(seconds * 1000, 1),
        "key": fingerprint(entry.http.key),
        "outcome": entry.outcome,
        "sent": entry.delivery.sent,
        "faults": list(entry.faults),
        "findings": [asdict(finding) for finding in entry.findings],
        "note": _note(entry),
    }


def _line(entry: Entry, seconds: float) -> str:
    place = entry.scenario or "-"
    line = (
        f"{entry.protocol:<16} {entry.http.method} {entry.http.path}  {place}  "
        f"{entry.status or '---'}  {seconds * 1000:.1f} ms  key {fingerprint(entry.http.key)}"
    )
    return (f"{line}  {note}" if (note := _note(entry)) else line).translate(_ESCAPES)


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
