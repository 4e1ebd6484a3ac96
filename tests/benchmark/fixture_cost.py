"""What the `mockserver` fixture costs a test: `python tests/benchmark/fixture_cost.py [TESTS]`.

Runs pytest on tests that do nothing, on such as use the fixture, on such as load a scenario file by the
marker, and on such as ask something. Prints a table for Markdown: milliseconds that setup, verification and
teardown take, above what they take where nothing is used. The first test of each, which starts the server, is
told apart.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, quantiles

import pytest

TESTS = 500
SCENARIO = "scenario: greeting\nmatch: {user: Hi}\nturns:\n- reply: Hello!\n- reply: Bye!\n"
KINDS = {
    "nothing": "def test_it(number): pass",
    "fixture": "def test_it(number, mockserver): pass",
    "fixture and file": """
@pytest.mark.mockserver("greeting.yaml", ignore="unplayed")
def test_it(number): pass
""",
    "fixture and request": """
def test_it(number, mockserver):
    mockserver.reply("Hello!")
    body = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}'
    headers = {"authorization": "Bearer " + mockserver.key}
    url = mockserver.urls.openai + "/chat/completions"
    urllib.request.urlopen(urllib.request.Request(url, body, headers)).read()
""",
}
HEAD = "| a test with | first, ms | mean, ms | p50, ms | p99, ms |\n|---|---|---|---|---|"


class _Durations:
    """Takes down what setup and teardown of each test took, in seconds."""

    def __init__(self) -> None:
        self.of: defaultdict[str, float] = defaultdict(float)
        self.failed = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed += report.failed
        if report.when != "call":
            self.of[report.nodeid] += report.duration


@dataclass(frozen=True, slots=True)
class Cost:
    """In milliseconds a test."""

    kind: str
    first: float
    mean: float
    p50: float
    p99: float

    def __str__(self) -> str:
        return f"| {self.kind} | {self.first:.1f} | {self.mean:.2f} | {self.p50:.2f} | {self.p99:.2f} |"


def measure(kind: str, tests: int = TESTS) -> Cost:
    """What setup and teardown cost in a run of so many tests of this kind, two or more."""
    durations = _Durations()
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), kind, tests)
        options = ["-q", "--no-header", "--no-summary", "-p", "no:randomly", "-p", "no:cacheprovider"]
        pytest.main([*options, "-c", f"{folder}/pytest.ini", folder], plugins=[durations])
    if durations.failed or len(durations.of) != tests:
        sys.exit(f"{kind}: {durations.failed} of {len(durations.of)} tests failed")
    first, *others = (1000 * duration for duration in durations.of.values())
    hundredths = quantiles(others, n=100, method="inclusive") if len(others) > 1 else others * 99
    return Cost(kind, first, mean(others), hundredths[49], hundredths[98])


def _write(folder: Path, kind: str, tests: int) -> None:
    header = "import urllib.request\nimport pytest\n\n"
    numbered = f"@pytest.mark.parametrize('number', range({tests}))\n"
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "greeting.yaml").write_text(SCENARIO)
    module = f"test_{kind.replace(' ', '_')}.py"
    (folder / module).write_text(f"{header}{numbered}{KINDS[kind].lstrip()}\n")


def main(tests: int) -> None:
    costs = [measure(kind, tests) for kind in KINDS]
    sys.stdout.write("\n".join((HEAD, *map(str, costs), "")))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TESTS)
