"""A reply as the steps of an answer (`steps`, `replies`): when each of its pieces is due (`tempo`), and how
its body is put on the wire (`framing`). Nothing here waits, sends or has a clock.
"""
