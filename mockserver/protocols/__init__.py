"""The protocols this server speaks. The only place that names them: adding one is one line here.

Order matters where vendors share a path: the first whose route applies answers.
"""
