"""Figures: what was measured, beside what it is compared with; as a table for Markdown and as JSON."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

import orjson

BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
"""Between these lines of a page stands the table."""


@dataclass(frozen=True, slots=True)
class Samples:
    """The same measured once in each round."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, *values: float) -> Samples:
        return cls(values)

    @property
    def median(self) -> float:
        return median(self.values)

    def over(self, base: Samples) -> Samples:
        """The ratios, round by round."""
        return Samples(tuple(ours / its for ours, its in zip(self.values, base.values, strict=True)))

    def minus(self, base: Samples) -> Samples:
        """What is beyond another, round by round."""
        return Samples(tuple(ours - its for ours, its in zip(self.values, base.values, strict=True)))

    def __str__(self) -> str:
        """The median, with the least and the greatest where there are several."""
        middle, least, greatest = map(_number, (self.median, min(self.values), max(self.values)))
        return f"{middle} ({least} to {greatest})" if len(self.values) > 1 else middle


def _number(value: float) -> str:
    """Three digits that count, and no more than is there."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


@dataclass(frozen=True, slots=True)
class Beside:
    """What a figure is compared with, or a peer's. `cpu` as in Figure."""

    name: str
    values: Samples
    cpu: Samples | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """`cpu` is the server's CPU time in microseconds for each that is counted; `target` is what the ratio, or
    the value, has to be.
    """

    case: str
    what: str
    unit: str
    ours: Samples
    base: Beside
    cpu: Samples | None = None
    target: str = ""
    peers: tuple[Beside, ...] = ()

    @property
    def ratio(self) -> Samples:
        return self.ours.over(self.base.values)

    def row(self, peers: Sequence[str]) -> str:
        beside = {peer.name: peer for peer in self.peers}
        cells = [
            f"{self.case}: {self.what}",
            f"{self.ours} {self.unit}",
            f"{self.base.name} {self.base.values}",
            f"**{self.ratio} x**",
            _cell(self.cpu),
            _cell(self.base.cpu),
            self.target,
            *(self._peer(beside.get(name)) for name in peers),
        ]
        return f"| {' | '.join(cells)} |"

    def _peer(self, peer: Beside | None) -> str:
        if peer is None:
            return ""
        cpu = f", {_cell(peer.cpu)} µs" if peer.cpu else ""
        return f"{peer.values}, {peer.values.over(self.base.values)} x{cpu}"


def _cell(samples: Samples | None) -> str:
    return _number(samples.median) if samples else ""


_HEADS = ("case", "mockserver", "beside", "ratio", "CPU, µs", "its CPU, µs", "target")


def table(figures: Sequence[Figure]) -> str:
    """For Markdown. There is a column for each peer that any figure knows."""
    peers = list(dict.fromkeys(peer.name for figure in figures for peer in figure.peers))
    heads = [*_HEADS, *peers]
    lines = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join(
        (f"| {' | '.join(heads)} |", f"| {' | '.join(lines)} |", *(figure.row(peers) for figure in figures))
    )


def machine() -> dict[str, str]:
    """What it was measured on, and with."""
    model = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    packages = ("aiohttp", "orjson", "pydantic", "uvloop")
    return {
        "cpu": model[0] if model else platform.machine(),
        "cores": str(os.cpu_count()),
        "system": platform.system() + " " + platform.release(),
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }


def as_json(figures: Iterable[Figure]) -> bytes:
    rows = [
        {**asdict(figure), "median": figure.ours.median, "ratio": asdict(figure.ratio)} for figure in figures
    ]
    document = {"machine": machine(), "command": sys.argv[1:], "figures": rows}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def markdown(figures: Sequence[Figure]) -> str:
    told = ", ".join(f"{name} {value}" for name, value in machine().items())
    return f"{table(figures)}\n\nMeasured on: {told}.\n"


def targeted(figures: Iterable[Figure]) -> list[Figure]:
    """Those that have to be something."""
    return [figure for figure in figures if figure.target]


def put_into(page: str, text: str) -> str:
    """The page with that text between its marks."""
    before, begun, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (begun and ended):
        raise ValueError(f"the page has no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}"
