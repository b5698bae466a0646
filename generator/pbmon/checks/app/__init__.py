"""Checks of the app that the generated modules are part of."""
