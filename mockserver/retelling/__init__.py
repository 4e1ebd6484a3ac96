"""Requests that are answered as one before them was, without deciding all of it again. Those that take the
least work first:

1. The very same request (`familiar`): what was read of it, and where it leads, is known. Its answer is
   told from a template (`templates`), which is bytes with holes (`holes`) for what is new each time: ids, the
   time (`draws`). It tells what a client will hand back, too (`own_strings`).
2. One that differs in what its answer does not follow from (`alike`): words that are not looked at, and
   headers (`looks`). It is read and claimed by itself, and told from the same template.
3. One that differs in the words of a plain conversation, and in its calls of tools and their results
   (`kindred`): its kind tells what follows from all else, so that only these are looked at
   (`mockserver.claiming.openings`). Where the first words alone tell the answer, which are seen in the bytes
   (`first_words`), nothing is read of the request unless somebody asks (`opened`).
4. All others are read, claimed and planned (`mockserver.conversing`), and remembered for the ways above.

On each of these ways a request gets the bytes that it would get on the last, is noted alike in the
journal, and counts alike. No clock, no I/O.
"""
