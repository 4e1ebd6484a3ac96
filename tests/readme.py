"""The page that people start from, in parts: its snippets, the commands in them, its sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Snippet:
    line: int
    language: str
    text: str

    @property
    def kind(self) -> str:
        """Which test of `test_readme.py` runs it; "" if none does."""
        match self.language:
            case "python" if "def test_" in self.text:
                return "pytest"
            case "python" if "localhost:8000" in self.text:
                return "python client"
            case "python":
                return "python script"
            case "js" if "localhost:8000" in self.text:
                return "node client"
            case "js":
                return "node test"
            case "yaml" if self.text.startswith("services:"):
                return "compose"
            case "yaml" if "faults:" in self.text:
                return "faulty scenario"
            case "yaml":
                return "scenario"
            case "sh":
                return "commands"
            case _:
                return ""


@dataclass(frozen=True, slots=True)
class Command:
    """A line of a shell snippet, with the lines that continue it."""

    line: int
    text: str

    @property
    def kind(self) -> str:
        kinds = {
            "curl": r"curl ",
            "tool": r"mockserver (check|show|schema|faults)\b",
            "server": r"(.* && )?\S*mockserver( [\w-]+/)?$",
            "uv": r"uv run mockserver$",
            "script": r"python3 \.ci/\w+$",
        }
        return next((kind for kind, pattern in kinds.items() if re.match(pattern, self.text)), "")


def read_snippets() -> Iterator[Snippet]:
    for match in re.finditer(r"^```(\S*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE):
        yield Snippet(README[: match.start()].count("\n") + 1, match[1], match[2])


def read_commands(snippet: Snippet) -> Iterator[Command]:
    joined = re.sub(r" *\\\n *", " ", snippet.text)
    for line in joined.splitlines():
        text = re.sub(r"\s+# .*", "", line).strip()
        if text:
            yield Command(snippet.line, text)


SNIPPETS = list(read_snippets())
COMMANDS = [
    command for snippet in SNIPPETS if snippet.kind == "commands" for command in read_commands(snippet)
]


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
