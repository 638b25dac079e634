"""All notebooks under all settings: see `python -m tools.matrix --help`."""
