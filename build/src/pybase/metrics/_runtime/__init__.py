# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""What the generated modules of an app have in common, copied from pbmon as it is.

The modules beside this one know no metric by its name. The generated modules hand them
the metrics in which they count; an app imports from those, not from here.
"""
