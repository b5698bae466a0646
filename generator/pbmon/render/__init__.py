"""From the plan to files, in memory.

A renderer is a function from planned things to artifacts, each of which knows who wrote its parts;
`artifacts.render` calls them. Scalars enter a template through a filter of its language
(`filters`). A renderer decides nothing about monitoring: where one wants to, a pass is missing.
It may import `proof`, `plan` and below. Begin with `rules.py`.
"""
