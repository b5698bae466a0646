# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""What the generated modules of an app have in common, copied from pbmon as it is.

The modules beside this one know no metric by its name. The generated modules hand them
the metrics in which they count; an app imports from those, not from here.
"""

import prometheus_client

if not hasattr(prometheus_client, "disable_created_metrics"):
    raise ImportError(
        "the app's metrics need prometheus_client 0.19 or later, and the one at "
        f"{prometheus_client.__path__[0]} is older"
    )
