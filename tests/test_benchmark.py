"""The benchmarks run and tell sound figures; how good those are is for who runs them."""

from __future__ import annotations

import orjson
import pytest
from benchmark import fixture_cost
from benchmark.paced_streams import HEAD, REQUESTS, Lateness, Load, lateness, measure


def test_lateness_is_told_in_milliseconds_whichever_way_an_event_was_off() -> None:
    assert lateness([-0.004, *[0.001] * 98, 0.002]) == Lateness(100, p50=1.0, p99=2.0, worst=4.0)


def test_no_events_have_no_lateness() -> None:
    assert lateness([]) == Lateness(0, 0, 0, 0)


@pytest.mark.parametrize("wire", REQUESTS)
def test_a_few_streams_are_measured_from_both_sides(wire: str) -> None:
    measured = measure(Load(streams=3, chunks=4, gap=0.01, ramp=0.01, wire=wire))

    assert measured.left_open == 0
    assert measured.server.events == measured.client.events >= 3 * 4
    assert 0 < measured.server.p50 <= measured.server.p99 <= measured.server.worst
    assert str(measured).count("|") == HEAD.splitlines()[0].count("|")
    assert orjson.dumps(measured)


@pytest.mark.parametrize("kind", fixture_cost.KINDS)
def test_what_the_fixture_costs_is_measured_for_each_kind_of_test(kind: str) -> None:
    cost = fixture_cost.measure(kind, tests=5)

    assert 0 < cost.p50 <= cost.p99
    assert str(cost).count("|") == fixture_cost.HEAD.splitlines()[0].count("|")
