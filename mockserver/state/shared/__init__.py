"""State that workers and hosts share, on Redis. The only code that knows redis-py and greenlet.

What is decided stays synchronous: it runs as an errand, which may wait for Redis while the loop goes on. One
link for each worker carries all commands, those of one turn of the loop together. What is stored is JSON, and
every act is one script, so that no other worker comes in between.
"""
