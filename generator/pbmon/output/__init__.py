"""The only place that writes: artifacts against the output folder, compared or put in
place as one.
"""
