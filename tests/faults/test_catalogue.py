"""The catalogue holds together: names, sentences, wires, and the reports that it reproduces."""

from __future__ import annotations

import re

import pytest
from faults.asking import DIALECTS, cases_of

from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.faults.known import KnownFault
from mockserver.faults.pitfalls import PITFALLS

EVERY_FAULT = pytest.mark.parametrize("known", KNOWN_FAULTS, ids=lambda known: known.name)


def test_faults_enough_reproduce_a_public_report_and_no_name_is_given_twice() -> None:
    names = [known.name for known in KNOWN_FAULTS]

    assert len(names) == len(set(names))
    assert sum(bool(known.reports) for known in KNOWN_FAULTS) >= 45


@EVERY_FAULT
def test_a_fault_has_a_plain_name_and_says_in_sentences_what_it_is(known: KnownFault) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", known.name)
    for sentence in (known.says, known.client):
        assert re.fullmatch(r"(`|[A-Z]).*[^.]\.", sentence), sentence


@EVERY_FAULT
def test_a_fault_shows_on_some_wire(known: KnownFault) -> None:
    assert list(cases_of(known))


def test_what_a_wire_can_deviate_in_is_in_the_catalogue() -> None:
    deviating = {known.name for known in KNOWN_FAULTS if known.deviates}

    for dialect in DIALECTS.values():
        assert dialect.deviations.keys() <= deviating


def test_every_report_is_reproduced_by_a_fault_and_every_number_is_one_of_a_report() -> None:
    cited = {number for known in KNOWN_FAULTS for number in known.pitfalls}

    assert cited == PITFALLS.keys()
