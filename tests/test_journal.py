from __future__ import annotations

from mockserver.conversation import Http
from mockserver.journal import Journal


def post(key: str, size: int = 1) -> Http:
    return Http("POST", "/", body=b"x" * size, key=key)


def keys(journal: Journal) -> str:
    return "".join(entry.http.key for entry in journal.entries())


def test_entries_are_kept_oldest_first() -> None:
    journal = Journal()

    for key in "abc":
        journal.open(post(key), "toy")

    assert keys(journal) == "abc"


def test_entries_of_one_key_can_be_asked_for() -> None:
    journal = Journal()
    for key in "aba":
        journal.open(post(key), "toy")

    assert len(journal.entries("a")) == 2


def test_the_oldest_go_beyond_the_number_of_entries() -> None:
    journal = Journal(limit=2)

    for key in "abc":
        journal.open(post(key), "toy")

    assert keys(journal) == "bc"


def test_the_oldest_go_beyond_the_bytes_of_bodies() -> None:
    journal = Journal(heaviest=100)

    for key in "abc":
        journal.open(post(key, 40), "toy")

    assert keys(journal) == "bc"


def test_a_key_can_be_forgotten_alone() -> None:
    journal = Journal(heaviest=100)
    for key in "aba":
        journal.open(post(key, 30), "toy")

    journal.clear("a")
    journal.open(post("c", 70), "toy")

    assert keys(journal) == "bc"


def test_an_exchange_without_a_claim_names_no_scenario() -> None:
    entry = Journal().open(post("a"), "toy")

    assert (entry.scenario, entry.unmet, entry.outcome) == ("", (), "open")
