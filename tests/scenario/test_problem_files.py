"""Pairs on disk: `problems/NAME.yaml` and the report it gets, to the letter, in `problems/NAME.txt`."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.faults.drawing import FAULT_NAMES
from mockserver.scenario.files import load, report

FOLDER = Path(__file__).parent / "problems"


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_a_bad_file_gets_this_report(
    name: str, monkeypatch: pytest.MonkeyPatch, protocols: tuple[str, ...]
) -> None:
    expected = (FOLDER / f"{name}.txt").read_text("utf-8")
    monkeypatch.chdir(FOLDER)

    actual = report(load([f"{name}.yaml"], protocols, FAULT_NAMES)) + "\n"

    assert expected == actual


def test_every_report_has_its_file() -> None:
    files = {path.stem for path in FOLDER.glob("*.yaml")}
    reports = {path.stem for path in FOLDER.glob("*.txt")}

    assert files == reports
