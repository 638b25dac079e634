"""Measure, over five seeds, what adapting BatchNormalization's statistics alone does (lesson 5).

    python tools/domain_shift.py        under a minute on two slow cores

Writes helpers/data/domain_shift.json: one record per seed and shift, accuracies from 0 to 1.
"""

import json
from pathlib import Path

from helpers import start

RESULT = Path(__file__).resolve().parents[1] / "helpers" / "data" / "domain_shift.json"
SEEDS = range(5)


if __name__ == "__main__":
    start()
    from helpers.experiments.domain_shift import adapt_to_shifts, as_records

    rows = [row for seed in SEEDS for row in adapt_to_shifts(seed)]
    lines = ",\n".join(f"  {json.dumps(record, ensure_ascii=False)}" for record in as_records(rows))
    RESULT.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(len(rows), "records in", RESULT.name)
