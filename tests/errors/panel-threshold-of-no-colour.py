from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:8000"])], module="src/shop/metrics.py")
method = Label("method", "HTTP method.", values=("GET", "POST"), other="OTHER")
requests = Counter("shop_requests_total", "Requests answered.", labels=[method])
latency = Histogram("shop_latency_seconds", "Time to answer.", labels=[method], buckets=[0.1, 1, 10])
carts = Gauge("shop_carts", "Open carts.")
Stat("x", carts, thresholds={None: "green", 80: "redd"})
