"""Checks for the exercises: one package each, in it a module per task, on a core for all."""
