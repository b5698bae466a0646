from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:8000"])], module="src/shop/metrics.py")
carts = Gauge("shop_carts", "Open carts.")
SAID = dict(severity="info", summary="S.", impact="I.", action="A.")
x = [Gauge("a-b", "A."), carts.rate("5m"), Record(":b:c", missing), Gauge("c", "C.", unit="parsecs")]
