"""What the generated code of an app counts by itself, and the page that shows it: a module a kind.

Each is called as the module of `pbmon.runtime` that does the work. `kinds.py` lists them; the plan,
the renderer and the checks read that list. Begin with `cache.py`.
"""
