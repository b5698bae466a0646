"""The app's own source: which files it has (`files`), what its names stand for (`names`), and what
it does with the metrics of its generated modules (`usage`). Nothing of it is run.

It may import the plan. `checks/app` asks it. Begin with `usage.AppUsage`.
"""
