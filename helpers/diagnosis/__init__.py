"""The clinic's three questions, asked of any model: roles, movement, distance.

`diagnose` takes a few real steps, looks at what moved and why, and puts everything back. The
evidence is taken once; a finding is a small function from the evidence to what it establishes.
"""
