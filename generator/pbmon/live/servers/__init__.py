"""What servers answer, as plain values of `live/seen.py`. The only room that speaks HTTP.

Begin with `client.py` (one server: deadline, size, secrets) and `reading.py` (JSON that may have
any shape). Each kind of server has one module. Nothing here knows a check.
"""
