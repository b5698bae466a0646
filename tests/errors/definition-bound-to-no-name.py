from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:8000"])], module="src/shop/metrics.py")
carts = Gauge("shop_carts", "Open carts.")
Alert("Carts", carts > 5, severity="warning", summary="Too many carts are open.", impact="Money is lost.", action="Ask the customers.")
