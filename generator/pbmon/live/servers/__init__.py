"""What servers answer, as plain values of `live/seen.py`. The only room that speaks HTTP.

Begin with `client.py` (one server: deadline, size, secrets) and `reading.py` (JSON of strangers).
One module a kind of server. Nothing here knows a check.
"""
