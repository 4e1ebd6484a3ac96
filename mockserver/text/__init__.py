"""Texts as such, whoever says them: as characters that a reader takes them for (`characters`), as tokens
(`tokens`), as the words of a name (`names`), and which of many stand in another (`literals`).
"""
