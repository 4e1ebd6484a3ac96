"""What workers see of each other."""

from __future__ import annotations

from mockserver.workers.board import Board


def test_those_are_counted_that_serve_now() -> None:
    board = Board(3)
    for slot in range(3):
        board.note(slot, serves=True)
    board.note(1, serves=False)

    assert (board.wanted, board.alive) == (3, 2)
