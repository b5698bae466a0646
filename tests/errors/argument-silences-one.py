from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:8000"])], module="src/shop/metrics.py")
carts = Gauge("shop_carts", "Open carts.")
SAID = dict(severity="info", summary="S.", impact="I.", action="A.")
few = Alert("Few", carts < 1, **SAID)
a = Alert("None", carts < 2, silences=few, **SAID)
