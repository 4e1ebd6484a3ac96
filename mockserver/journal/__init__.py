"""What happened: exchanges (`entries`) and their steps (`step_log`); as a test sees them (`recorded`), as
JSON (`exchange_json`), as text (`telling`); and what of it did not go as a test wants it (`verification`).
No clock, no I/O.
"""
