"""The only room that writes files: it compares artifacts with the output folder (`compare`), or
puts them there (`write`).

A folder that pbmon made is replaced as a whole (`stage`, `swap`). In a folder with other files,
such as an app's repository, files are written one at a time (`in_place`). `manifest` says which
files are pbmon's. The room knows nothing of plans and renderers. Begin with `write.write`.
"""
