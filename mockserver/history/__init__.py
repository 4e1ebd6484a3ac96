"""What came before in a conversation: who had the word (`turns`), whether it is handed back as it was said
(`fidelity`), and what tells it from others (`digests`). A long one is sent again with every request, so what
was worked out of its first messages is kept (`histories`, `long_digests`, `latest`). No clock, no I/O.
"""
