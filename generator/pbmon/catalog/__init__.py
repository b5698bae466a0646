"""The definitions as they were written.

`loader` runs the modules of a folder, `catalog` collects what they define, `environment` reads the
overlay, `unbound` finds definitions that no name holds, `texts` refuses what no file can hold. The
only room that reads the author's files. It may import `model` and below. Begin with `catalog.load`.
"""
