"""What the examples begin with: every name of the authoring API has its type."""

from typing import assert_type

from pbmon import *

room = Label("room", "Room.", values=("hall",))
lamps = Gauge("lamps", "Lamps.", labels=[room])
assert_type(lamps.sum().unit, str)
assert_type(up.name, str)
board = Dashboard("D", uid="d", file="d", rows=[Row("R", Panel("P", lamps.avg_over_time(AUTO)))])
