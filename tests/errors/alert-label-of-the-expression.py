from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:80"])], module="shop.py")
room = Label("room", "Room.", values=("kitchen", "hall"))
lamps = Gauge("lamps", "Lamps on.", labels=[room])
lit = Record("job_room:lamps:max", lamps.max(by=[job, room]))
TEXTS = dict(summary="It is lit.", impact="It costs.", action="Go there.", severity="warning")
one = Alert("One", lit > 1, labels={"room": "any"}, **TEXTS)
two = Alert(
    "Two",
    (lamps.where(room.is_("hall")) > 1).or_(lamps.where(room.is_("kitchen")) > 1),
    labels={"room": "any"},
    **TEXTS,
)
fixed = Alert("Fixed", lit.where(room.is_("hall")) > 1, labels={"room": "any"}, **TEXTS)
