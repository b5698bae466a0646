"""OpenSLO files read into definitions: `pbmon import openslo FILE`.

`documents` reads the YAML with its lines, `objects` and `indicators` what it describes,
`objectives` turns that into SLOs, `definitions` prints them as Python. The way back is
`render/openslo.py`. It may import `render` and below. Begin with `objectives.py`.
"""
