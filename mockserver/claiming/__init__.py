"""What a request claims: which scenarios are tried (`shortlist`), whether the conditions of one hold
(`matching`), where a conversation stands in it (`standing`), what the first request of one claims
(`openings`), and what came of it (`claims`). Nothing is counted here. No clock, no I/O.
"""
