"""Where a thing stands in a scenario file."""

from __future__ import annotations

from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """File as the user named it, line and column from 1, and the source line."""

    file: str
    line: int
    column: int
    source: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
