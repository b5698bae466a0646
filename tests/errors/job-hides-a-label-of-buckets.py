from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:80"], labels={"le": "x"})], module="shop.py")
stay = Histogram("stay_seconds", "How long visits last.", buckets=[1, 5, 60])
