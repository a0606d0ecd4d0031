"""Mathematics that a city owes its people to be able to recount: pure functions on plain data, standard library only.

Nothing here knows Django, a database or another room. `python -m mitstadt.methods` works on exported files.
"""
