from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:8000"])], module="src/shop/metrics.py")
status = Label("status", "HTTP status.", values=("200", "404", "500"))
requests = Counter("shop_requests_total", "Requests answered.", labels=[status])
sales = Slo("sales", bad=requests, total=requests, objective="99.9")
