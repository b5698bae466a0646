"""The only place that writes: artifacts against the output folder, compared (`compare`) or put in
place (`write`).

A folder that pbmon made is replaced as a whole (`stage`, `swap`); in a folder of others, such as an
app's repository, files are written one at a time (`in_place`). `manifest` says which files are
pbmon's. It knows nothing of plans and renderers. Begin with `write.write`.
"""
