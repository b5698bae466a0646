from pbmon import *

service = Service("shop", jobs=[Job("shop")], module="shop.py")
