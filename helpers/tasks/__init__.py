"""Checks for the exercises: one module per lesson, on the core that all of them share."""
