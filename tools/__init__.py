"""What authors run, from the checkout: `python -m tools.NAME`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORKERS = 2  # notebooks at a time: two cores
