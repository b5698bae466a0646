"""Rules with one fault in them, to see whether the cases notice.

`faults` lists what can be wrong in an expression, `equal` why some of it changes nothing, `mutants`
makes rules of both: begin there. Imports `values` and the rooms below; `render.mutation` brings
mutants and cases together.
"""
