from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:80"])], module="shop.py")
lamps = Gauge("lamps", "Lamps on.")
one = Dashboard("Shop", uid="a", file="a", rows=[Row("R", Panel("On", lamps))])
two = Dashboard("Shop", uid="b", file="b", rows=[Row("R", Panel("On", lamps))])
