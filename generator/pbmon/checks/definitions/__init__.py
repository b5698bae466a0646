"""Checks that need only the plan, its proofs and the names of what is rendered."""
