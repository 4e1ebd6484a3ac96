"""Tests in Node that start the server by its command, and set it up over HTTP."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from node.running import run_node
from node.test_node_sdks import OPTIONS

BESIDE = str(Path(sys.executable).parent)
"""Where the command `mockserver` is."""


@pytest.mark.parametrize("file", ["example.mjs", "sidecar.mjs"])
def test_the_server_is_started_set_up_and_verified(file: str) -> None:
    path = os.pathsep.join((BESIDE, os.environ.get("PATH", os.defpath)))

    run = run_node(*OPTIONS, "--test-reporter=spec", file, env={"PATH": path})

    assert run.returncode == 0, run.stdout
    assert "fail 0" in run.stdout
    assert "pass 0" not in run.stdout
