"""A fuzzer against the served document: whatever is asked, no answer is a fault or undocumented.

schemathesis makes requests from the document, good ones and bad ones, the same in every run. Routes that are
the same handlers under another version of the path are left out, and what may be waited for.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mockserver import MockServer

EXAMPLES = 6
LIMIT = 900.0
"""Seconds; many times what it takes."""

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
OPTIONS = (
    *("--max-examples", str(EXAMPLES), "--seed", "1", "--checks", CHECKS),
    *("--exclude-path-regex", "^/v1alpha/|/tunedModels/|/_mock/(events|requests)"),
    *("--header", "authorization: Bearer fuzz", "--header", "anthropic-version: 2023-06-01"),
    *("--continue-on-failure", "--no-shrink", "--warnings", "off"),
)


PHASES = {
    "examples of all that may be sent": ("--phases", "fuzzing"),
    # Of bodies as large as these there are too many.
    "every parameter at its limits": ("--phases", "coverage", "--include-method-regex", "GET|DELETE"),
}


@pytest.mark.parametrize("phase", PHASES)
def test_a_fuzzer_finds_no_fault_and_nothing_undocumented(phase: str, tmp_path: Path) -> None:
    fuzzer = Path(sys.executable).with_name("st")

    with MockServer(unmatched="auto", speed=0) as server:
        document = f"{server.url}/_mock/openapi.json"
        done = subprocess.run(
            [fuzzer, "run", document, "--url", server.url, *OPTIONS, *PHASES[phase]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )

    assert done.returncode == 0, done.stdout
