from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:80"])], module="shop.py")
severity = Label("severity", "How bad it is.", values=("debug", "error"))
logs = Counter("logs_total", "Messages.", labels=[severity])
TEXTS = dict(summary="It is loud.", impact="Users wait.", action="Read them.", severity="warning")
loud = Alert("Loud", logs.rate("5m") > 1, **TEXTS)
fine = Alert("Errors", logs.where(severity.is_("error")).rate("5m") > 1, **TEXTS)
