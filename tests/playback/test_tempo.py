"""When the pieces of an answer are due, and how text is cut into them."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from statistics import fmean, median, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.conversation import Reply, Text, ToolCall
from mockserver.events import Delta, events
from mockserver.playback.tempo import Tempo
from mockserver.scenario.delivery import (
    Chunk,
    Delay,
    Lognormal,
    Normal,
    Pace,
    PerCharacter,
    PerToken,
    Replay,
    Sample,
    Sizes,
    Uniform,
)
from mockserver.text.characters import character_starts, split_characters
from mockserver.text.tokens import count_tokens

DRAWS = 10_000
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1eb\U0001f1f7"


def tempo(pace: Pace, *, speed: float = 1.0, seed: int = 7) -> Tempo:
    return Tempo(pace, lambda label: Random(f"{seed} {label}"), speed)


def due(pace: Pace, pieces: int = 3, *, speed: float = 1.0) -> list[float]:
    """When frames are due of which nothing is known."""
    deadlines = tempo(pace, speed=speed).begin()
    return [deadlines.due() for _ in range(pieces)]


def told(pace: Pace, *texts: str, speed: float = 1.0) -> list[tuple[str, float]]:
    """The pieces of a reply of these texts, and when each is due."""
    playing = tempo(pace, speed=speed)
    deadlines = playing.begin()
    deltas = [
        event for event in events(Reply(tuple(map(Text, texts))), playing.cut) if isinstance(event, Delta)
    ]
    return [(delta.text, round(deadlines.due(delta), 9)) for delta in deltas]


def waits(gap: Delay) -> list[float]:
    times = due(Pace(gap=gap), DRAWS + 1)
    return [later - earlier for earlier, later in pairwise(times)]


# ----------------------------------------------------------------------------------------------- waits


def test_a_piece_is_due_a_gap_after_the_one_before() -> None:
    assert due(Pace(first=0.3, gap=0.02)) == pytest.approx([0.3, 0.32, 0.34])


def test_the_first_piece_is_due_with_what_comes_first() -> None:
    deadlines = tempo(Pace(first=Uniform(0.2, 0.4), gap=0.02)).begin()

    assert 0.2 <= deadlines.first <= 0.4
    assert deadlines.due() == deadlines.first


@pytest.mark.parametrize(
    ("pace", "times"),
    [
        (Pace(first=0.3, gap=0.02, jitter=0.005), [0.29533, 0.317195, 0.341975, 0.359189]),
        (Pace(gap=0.02, jitter="lognormal"), [0.0, 0.008257, 0.041645, 0.079544]),
        (Pace(gap=Uniform(0.01, 0.03)), [0.0, 0.010659, 0.03439, 0.063949]),
        (Pace(gap=Normal(0.02, 0.005)), [0.0, 0.014071, 0.028198, 0.053969]),
        (Pace(gap=Lognormal(0.02, 0.6)), [0.0, 0.009818, 0.019703, 0.059676]),
        (Pace(gap=Sample((0.012, 0.04))), [0.0, 0.012, 0.024, 0.036]),
    ],
)
def test_the_deadlines_of_a_seed_are_these(pace: Pace, times: list[float]) -> None:
    assert [round(time, 6) for time in due(pace, 4)] == times


@pytest.mark.parametrize(
    "pace",
    [
        Pace(gap=0.02, jitter=0.01),
        Pace(gap=0.02, jitter="lognormal"),
        Pace(first=Normal(0.3, 0.1), gap=Uniform(0.01, 0.03)),
        Pace(gap=Replay((0.01, 0.02)), jitter=0.01),
        Pace(gap=PerToken(0.02), jitter=0.01),
    ],
)
def test_what_is_drawn_comes_from_the_seed(pace: Pace) -> None:
    assert told(pace, "one two three") == told(pace, "one two three")

    (ours, theirs) = (tempo(pace, seed=seed).begin() for seed in (7, 8))
    assert [ours.due() for _ in range(3)] != [theirs.due() for _ in range(3)]


@pytest.mark.parametrize(
    "pace",
    [
        Pace(gap=0.01, jitter=5.0),
        Pace(first=Normal(0.0, 1.0), gap=Normal(0.001, 1.0)),
        Pace(gap=Lognormal(1.0, 5.0)),
    ],
)
def test_time_is_never_turned_back(pace: Pace) -> None:
    times = due(pace, 200)

    assert times[0] >= 0
    assert times == sorted(times)


def test_no_drawn_wait_is_longer_than_an_hour() -> None:
    assert max(waits(Lognormal(3600.0, 5.0))) == pytest.approx(3600.0)


def test_uniform_waits_are_spread_evenly_between_their_ends() -> None:
    drawn = waits(Uniform(0.01, 0.03))

    assert min(drawn) == pytest.approx(0.01, abs=0.0001)
    assert max(drawn) == pytest.approx(0.03, abs=0.0001)
    assert fmean(drawn) == pytest.approx(0.02, rel=0.02)
    assert stdev(drawn) == pytest.approx(0.02 / 12**0.5, rel=0.02)


def test_normal_waits_have_their_mean_and_deviation() -> None:
    drawn = waits(Normal(0.02, 0.005))

    assert fmean(drawn) == pytest.approx(0.02, rel=0.02)
    assert stdev(drawn) == pytest.approx(0.005, rel=0.02)


def test_normal_waits_below_zero_are_zero() -> None:
    drawn = waits(Normal(0.0, 0.01))

    assert sum(wait == 0 for wait in drawn) / DRAWS == pytest.approx(0.5, abs=0.02)


def test_half_of_lognormal_waits_are_below_what_the_script_says() -> None:
    drawn = sorted(waits(Lognormal(0.02, 0.6)))

    assert median(drawn) == pytest.approx(0.02, rel=0.03)
    assert fmean(drawn) == pytest.approx(0.02 * 1.197, rel=0.03)
    assert drawn[DRAWS * 95 // 100] == pytest.approx(0.02 * 2.683, rel=0.05)


def test_a_sample_draws_each_of_its_waits_as_often() -> None:
    drawn = [round(wait, 6) for wait in waits(Sample((0.012, 0.04, 0.1)))]

    assert {wait: drawn.count(wait) / DRAWS for wait in set(drawn)} == pytest.approx(
        {0.012: 1 / 3, 0.04: 1 / 3, 0.1: 1 / 3}, abs=0.02
    )


def test_a_lognormal_jitter_keeps_the_mean_of_the_gap() -> None:
    assert due(Pace(gap=1.0, jitter="lognormal"), 5001)[-1] / 5000 == pytest.approx(1.0, abs=0.05)


def test_measured_gaps_are_played_in_order_and_again() -> None:
    assert due(Pace(first=1.0, gap=Replay((0.1, 0.4))), 6) == pytest.approx([1.0, 1.1, 1.5, 1.6, 2.0, 2.1])


def test_speed_divides_every_wait() -> None:
    pace = Pace(first=Normal(0.3, 0.1), gap=Replay((0.1, 0.4)), jitter=0.01)

    assert due(pace, speed=10) == pytest.approx([time / 10 for time in due(pace)])


@pytest.mark.parametrize(
    ("pace", "speed"),
    [
        (Pace(), 1.0),
        (Pace(first=Uniform(0.3, 0.4), gap=Replay((0.02,)), jitter=0.01), 0.0),
        (Pace(gap=PerToken(1.0)), 0.0),
    ],
)
def test_without_waits_all_is_due_at_once(pace: Pace, speed: float) -> None:
    assert not tempo(pace, speed=speed).waits
    assert [time for _, time in told(pace, "one two", "three", speed=speed)] == [0.0, 0.0, 0.0]


# --------------------------------------------------------------------- rates in tokens and characters


def test_at_a_rate_of_tokens_a_piece_is_due_when_all_of_its_tokens_are_there() -> None:
    pace = Pace(first=0.5, gap=PerToken(0.1), chunk=("one", " two three", " four"))

    assert told(pace, "one two three four") == [("one", 0.5), (" two three", 0.7), (" four", 0.8)]


def test_a_first_piece_of_several_tokens_is_due_after_the_first_of_them() -> None:
    deadlines = tempo(Pace(first=0.5, gap=PerToken(0.1))).begin()
    (_, _, delta, *_) = events(Reply((Text("one two three"),)), lambda text: [text])

    assert deadlines.first == 0.5
    assert isinstance(delta, Delta)
    assert deadlines.due(delta) == pytest.approx(0.7)


def test_pieces_inside_a_token_are_due_with_it() -> None:
    pace = Pace(gap=PerToken(0.1), chunk=2)

    assert told(pace, "abcd, efgh") == [("ab", 0.0), ("cd", 0.0), (", ", 0.2), ("ef", 0.2), ("gh", 0.2)]


def test_a_rate_of_tokens_is_that_of_chunks_where_each_chunk_is_a_token() -> None:
    text = "one two three."

    assert told(Pace(first=0.3, gap=PerToken(0.02)), text) == told(Pace(first=0.3, gap=0.02), text)


def test_at_a_rate_of_characters_a_piece_is_due_when_all_of_them_are_there() -> None:
    assert told(Pace(first=1.0, gap=PerCharacter(0.1)), "one two") == [("one", 1.2), (" two", 1.6)]


def test_a_character_of_several_code_points_counts_once() -> None:
    assert told(Pace(gap=PerCharacter(0.1), chunk="char"), f"a{FAMILY}b") == [
        ("a", 0.0),
        (FAMILY, 0.1),
        ("b", 0.2),
    ]


def test_a_new_part_begins_with_a_token_of_its_own() -> None:
    assert told(Pace(gap=PerToken(0.1)), "one", "two") == [("one", 0.0), ("two", 0.1)]


def test_the_arguments_of_a_tool_call_take_the_time_of_their_tokens() -> None:
    call = ToolCall("get_weather", {"city": "Paris"})
    playing = tempo(Pace(gap=PerToken(1.0), chunk=1000))
    (delta,) = (event for event in events(Reply((call,)), playing.cut) if isinstance(event, Delta))

    assert playing.begin().due(delta) == count_tokens('{"city":"Paris"}') - 1


def test_a_frame_of_which_nothing_is_known_counts_as_one() -> None:
    assert due(Pace(first=0.5, gap=PerToken(0.1))) == pytest.approx([0.5, 0.6, 0.7])


@pytest.mark.parametrize("length", range(2, 40))
def test_a_run_of_spaces_is_one_token_however_long(length: int) -> None:
    text = "a" + " " * length + "b"

    assert told(Pace(gap=PerToken(1.0), chunk="char"), text)[-1] == ("b", count_tokens(text) - 1)


RUNS = st.tuples(
    st.sampled_from("ab1 \r\n!_e\u0301\u200d\U0001f1e9\U0001f600"), st.sampled_from([1, 1, 2, 3, 30])
)
TEXTS = st.lists(RUNS, min_size=1).map(lambda runs: "".join(letter * count for letter, count in runs))


@given(TEXTS, st.integers(1, 9))
def test_however_a_text_is_cut_its_last_piece_is_due_with_its_last_token(text: str, size: int) -> None:
    (*_, (_, tokens)) = told(Pace(gap=PerToken(1.0), chunk=size), text)
    (*_, (_, characters)) = told(Pace(gap=PerCharacter(1.0), chunk=size), text)

    assert tokens == count_tokens(text) - 1
    assert characters == len(split_characters(text)) - 1


# ---------------------------------------------------------------------------------------------- pieces


@pytest.mark.parametrize(
    ("chunk", "pieces"),
    [
        ("word", ["one", " two", " three"]),
        ("char", list("one two three")),
        (5, ["one t", "wo th", "ree"]),
        (Sizes(5, 5), ["one t", "wo th", "ree"]),
        (("one two ", "three"), ["one two ", "three"]),
        (("another text",), ["one", " two", " three"]),
    ],
)
def test_a_text_is_cut_as_the_pace_says(chunk: Chunk, pieces: list[str]) -> None:
    assert list(tempo(Pace(chunk=chunk)).cut("one two three")) == pieces


@pytest.mark.parametrize(
    ("chunk", "pieces"),
    [
        ("char", ["e\u0301", FAMILY, FLAG, "!"]),
        (2, [f"e\u0301{FAMILY}", f"{FLAG}!"]),
        ("word", [f"e\u0301{FAMILY}{FLAG}", "!"]),
        (("e", f"\u0301{FAMILY}", f"{FLAG}!"), ["e", f"\u0301{FAMILY}", f"{FLAG}!"]),
    ],
)
def test_no_piece_ends_inside_a_character_unless_it_is_listed(chunk: Chunk, pieces: list[str]) -> None:
    assert list(tempo(Pace(chunk=chunk)).cut(f"e\u0301{FAMILY}{FLAG}!")) == pieces


@given(
    st.text(st.sampled_from("ab \r\ne\u0301\u200d\U0001f1e9\U0001f600")),
    st.sampled_from(["word", "char", 3, Sizes(1, 4)]),
)
def test_the_pieces_of_any_text_join_to_it_and_end_with_characters(text: str, chunk: Chunk) -> None:
    pieces = tempo(Pace(chunk=chunk)).cut(text)

    assert "".join(pieces) == text
    assert {len("".join(pieces[:count])) for count in range(len(pieces))} <= {0, *character_starts(text)}


def test_drawn_sizes_are_as_often_each() -> None:
    *pieces, _ = tempo(Pace(chunk=Sizes(2, 9))).cut("x" * 55_000)
    sizes = [len(piece) for piece in pieces]

    assert {size: sizes.count(size) / len(sizes) for size in set(sizes)} == pytest.approx(
        dict.fromkeys(range(2, 10), 1 / 8), abs=0.02
    )


def test_drawn_sizes_are_the_same_for_the_same_text_and_seed() -> None:
    pace, text = Pace(chunk=Sizes(2, 9)), "The rain in Spain stays mainly in the plain."

    assert tempo(pace).cut(text) == tempo(pace).cut(text)
    assert [len(piece) for piece in tempo(pace).cut(text)] == [2, 3, 8, 2, 9, 8, 3, 6, 2, 1]
    assert tempo(pace).cut(text) != tempo(pace, seed=8).cut(text)
