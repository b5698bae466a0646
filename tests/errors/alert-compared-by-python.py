from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:8000"])], module="src/shop/metrics.py")
carts = Gauge("shop_carts", "Open carts.")
none = Alert("Carts", carts == 0, severity="warning", summary="No carts are open.", impact="Money is lost.", action="Ask the customers.")
