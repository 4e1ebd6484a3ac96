"""The benchmarks run and tell sound figures; how good those are is for who runs them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
from benchmark import fixture_cost
from benchmark.bare import Constant
from benchmark.loads import Counted, by_own_client, require_wrk
from benchmark.paced import Lateness, Reader
from benchmark.parsing import Answers, WrongAnswerError
from benchmark.report import BEGIN, END, Beside, Figure, Samples, put_into, table, targeted
from benchmark.rounds import Bench, chunked, speed
from benchmark.servers import BenchmarkError, Cores, Server, peer
from benchmark.wires import NUMBER, WIRES
from readme import ROOT

NEEDS_REDIS = pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not installed")
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"

# ----------------------------------------------------------------------------------- what is received


@pytest.mark.parametrize("answer", [WHOLE, CHUNKED])
def test_an_answer_is_over_with_its_last_byte_however_it_comes_in(answer: bytes) -> None:
    answers = Answers()

    at_once = [answers.feed(answer), answers.feed(answer)]
    in_bytes = [answers.feed(bytes([byte])) for byte in answer]

    assert at_once == [True, True]
    assert in_bytes == [False] * (len(answer) - 1) + [True]


def test_the_body_of_an_answer_is_kept_where_it_is_asked_for() -> None:
    answers = Answers(keeps=True)

    answers.feed(WHOLE[:-2])
    answers.feed(WHOLE[-2:])

    assert answers.body == b"hello"


@pytest.mark.parametrize(
    "answer", [WHOLE.replace(b"200 OK", b"404 Not Found"), b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nhello"]
)
def test_an_answer_that_is_wrong_or_has_no_end_is_not_counted(answer: bytes) -> None:
    with pytest.raises(WrongAnswerError):
        Answers().feed(answer)


async def test_each_word_of_a_paced_stream_is_noted_once_where_it_is_cut_too() -> None:
    reader = Reader()

    for piece in (b"HTTP/1.1 200 OK\r\n\r\nword00", b" wor", b"d01", b" word02 word03"):
        reader.data_received(piece)

    assert len(reader.came) == 4


async def test_a_piece_is_late_against_the_first_byte_of_its_stream() -> None:
    reader = Reader()
    reader.began = 10.0

    reader.came.extend([10.0, 10.06, 10.09])

    assert list(reader.late) == pytest.approx([0.0, 0.01, -0.01])


def test_lateness_is_told_in_milliseconds_whichever_way_a_piece_was_off() -> None:
    assert Lateness.of([-0.004, *[0.001] * 98, 0.002]) == Lateness(p50=1.0, p99=2.0, worst=4.0)


# ------------------------------------------------------------------------------------- what is measured


class _Named:
    """Stands for a server in the rounds."""

    def __init__(self, name: str) -> None:
        self.name = name

    def wait_until_idle(self) -> None:
        pass


def test_servers_are_asked_in_turns_and_the_first_round_does_not_count(tmp_path: Path) -> None:
    asked: list[str] = []
    bench = Bench(Cores(0, 0), by_own_client, (), (), tmp_path, rounds=2)
    servers = cast("Sequence[Server]", [_Named("A"), _Named("B")])

    def load(server: Server) -> Counted:
        asked.append(server.name)
        return Counted(len(asked), seconds=1, cpu=1)

    counted = bench.in_turns(servers, load)

    assert "".join(asked) == "ABABAB"
    assert {name: [one.answers for one in done] for name, done in counted.items()} == {
        "A": [3, 5],
        "B": [4, 6],
    }


def test_a_figure_tells_how_many_a_second_and_what_each_cost_beside_the_last() -> None:
    counted = {
        "ours": [Counted(100, seconds=0.5, cpu=0.5), Counted(100, seconds=1, cpu=0.5)],
        "bare": [Counted(400, seconds=0.5, cpu=0.4), Counted(400, seconds=1, cpu=0.4)],
    }

    figure = speed("JSON", "chat", counted)

    assert figure.ours == Samples.of(200, 100)
    assert figure.cpu == Samples.of(5000, 5000)
    assert figure.base == Beside("bare", Samples.of(800, 400), Samples.of(1000, 1000))


def test_ratios_are_taken_round_by_round() -> None:
    figure = Figure("JSON", "chat", "/s", Samples.of(50, 30, 10), Beside("bare", Samples.of(100, 100, 10)))

    assert figure.ratio == Samples.of(0.5, 0.3, 1.0)
    assert figure.ratio.median == 0.5


def test_a_table_shows_medians_with_the_least_and_the_greatest_and_has_a_column_for_each_peer() -> None:
    bare, other = Beside("bare", Samples.of(100, 200, 300)), Beside("other", Samples.of(50, 100, 150))
    with_peer = Figure("JSON", "chat", "/s", Samples.of(100, 100, 150), bare, peers=(other,))
    without = Figure("JSON", "gemini", "/s", Samples.of(1234), Beside("bare", Samples.of(12.34)))

    head, _, first, second = table([with_peer, without]).splitlines()

    assert head.endswith(" | other |")
    assert first == (
        "| JSON: chat | 100 (100 to 150) /s | bare 200 (100 to 300) | **0.50 (0.50 to 1.00) x** |  |  |  "
        "| 100 (50.0 to 150), 0.50 (0.50 to 0.50) x |"
    )
    assert second == "| JSON: gemini | 1,234 /s | bare 12.3 | **100 x** |  |  |  |  |"


def test_a_table_takes_the_place_of_the_one_before_in_a_page() -> None:
    page = f"above\n{BEGIN}\nold\n{END}\nbelow\n"

    once = put_into(page, "new\n")

    assert once == f"above\n{BEGIN}\n\nnew\n\n{END}\nbelow\n"
    assert put_into(once, "new\n") == once


def test_the_readme_has_the_figures_that_have_a_target() -> None:
    bare = Beside("bare", Samples.of(2))
    figures = [Figure("x", "y", "/s", Samples.of(1), bare, target=target) for target in ("", "≥ 0.60 x")]

    assert targeted(figures) == figures[1:]


def test_bare_is_given_the_pieces_of_a_stream_and_not_what_is_around_them() -> None:
    body = "data: start\n\ndata: word00\n\ndata: word01\n\ndata: word00 word01\n\n"

    assert chunked(Constant("/", "text/event-stream", body)).chunks == (
        "data: word00\n\n",
        "data: word01\n\n",
    )


# ----------------------------------------------------------------------------------------- what is asked


@pytest.mark.parametrize("wire", WIRES.values(), ids=list(WIRES))
def test_an_agents_body_is_long_and_has_one_place_for_a_number(wire: Any) -> None:
    ask = wire.agent()

    assert 280_000 < len(ask.body) < 320_000
    assert ask.body.count(NUMBER) == 1
    assert len(ask.same.body) == len(ask.body)
    assert orjson.loads(ask.same.body)


def test_a_peer_is_a_command_with_a_port_and_says_where_it_has_what() -> None:
    contender = peer("other=serve --port {port}; /anthropic/v1/messages=/v1/messages")

    assert contender.name == "other"
    assert contender.command == ("serve", "--port", "{port}")
    assert contender.asked(WIRES["anthropic"].ask("Hi")).path == "/v1/messages"
    assert contender.asked(WIRES["chat"].ask("Hi")).path == "/v1/chat/completions"


def test_a_peer_without_a_port_is_refused() -> None:
    with pytest.raises(BenchmarkError, match=r"\{port\}"):
        peer("other=serve")


def test_who_has_no_wrk_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(BenchmarkError, match="apt-get install wrk"):
        require_wrk()


# ------------------------------------------------------------------------------------------ the command


def run_benchmark(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A run that is as short as can be."""
    command = [sys.executable, "-m", "tests.benchmark", "--quick", "--seconds", "0.05", "--out", str(folder)]
    return subprocess.run(
        [*command, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=900, check=False
    )


def benchmark(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    """The figures of such a run."""
    done = run_benchmark(folder, *arguments)
    assert done.returncode == 0, done.stderr
    assert (folder / "benchmark.md").read_text(encoding="utf-8") in done.stdout
    figures: list[dict[str, Any]] = orjson.loads((folder / "benchmark.json").read_bytes())["figures"]
    return figures


@pytest.mark.parametrize(
    ("case", "wires", "count"),
    [
        ("json", 4, 8),
        ("stream", 4, 8),
        ("tools", 4, 4),
        ("agent", 4, 24),
        ("paced", 1, 4),
        ("scenarios", 1, 3),
        ("gate", 1, 2),
        ("start", 1, 2),
        ("load", 1, 1),
        ("held", 1, 1),
        ("memory", 1, 1),
        ("workers", 1, 2),
        pytest.param("shared", 1, 4, marks=NEEDS_REDIS),
    ],
)
def test_each_case_gives_its_figures(case: str, wires: int, count: int, tmp_path: Path) -> None:
    chosen = [word for name in list(WIRES)[:wires] for word in ("--wire", name)]

    figures = benchmark(tmp_path, case, "--client", "own", "--scenarios", "15", *chosen)

    assert len(figures) == count
    assert all(value > 0 for figure in figures for value in figure["base"]["values"]["values"])


def test_a_case_that_fails_is_told_at_the_end_and_the_others_give_their_figures(tmp_path: Path) -> None:
    elsewhere = f"other={sys.executable} -m mockserver --port {{port}}; /v1/chat/completions=/nowhere"

    done = run_benchmark(tmp_path, "json", "load", "--client", "own", "--wire", "chat", "--peer", elsewhere)

    assert done.returncode == 1
    assert "json: other answers /nowhere with 404" in done.stderr
    assert "| load: " in (tmp_path / "benchmark.md").read_text(encoding="utf-8")


def test_a_peer_is_measured_with_the_others(tmp_path: Path) -> None:
    other = f"other={sys.executable} -m mockserver --port {{port}}"

    figures = benchmark(tmp_path, "json", "--client", "own", "--wire", "chat", "--peer", other)

    assert [figure["peers"][0]["name"] for figure in figures] == ["other"] * 2
    assert "| other |" in (tmp_path / "benchmark.md").read_text(encoding="utf-8")


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed")
def test_wrk_asks_with_one_body_and_with_bodies_that_differ(tmp_path: Path) -> None:
    figures = benchmark(tmp_path, "json", "--wire", "gemini", "--seconds", "3")

    assert [figure["what"] for figure in figures] == ["gemini, one body", "gemini, bodies that differ"]


@pytest.mark.parametrize("kind", fixture_cost.KINDS)
def test_what_the_fixture_costs_is_measured_for_each_kind_of_test(kind: str) -> None:
    cost = fixture_cost.measure(kind, tests=5)

    assert 0 < cost.p50 <= cost.p99
    assert str(cost).count("|") == fixture_cost.HEAD.splitlines()[0].count("|")
