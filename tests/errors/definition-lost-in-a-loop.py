from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:8000"])], module="src/shop/metrics.py")
for name in ("shop_carts", "shop_orders"):
    gauge = Gauge(name, "Open ones.")
