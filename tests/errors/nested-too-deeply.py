from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:8000"])], module="src/shop/metrics.py")
carts = Gauge("shop_carts", "Open carts.")
SAID = dict(severity="info", summary="S.", impact="I.", action="A.")
x = carts
for _ in range(400):
    x = x.clamp(0, 1)
a = Alert("Few", x < 1, **SAID)
