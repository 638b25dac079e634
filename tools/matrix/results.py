"""What is known of each setting and notebook: run where it is not, kept on disk, told in a line."""

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tools import WORKERS
from tools.matrix.runs import WHOLE, differences, proof
from tools.matrix.settings import Setting, Unavailable, command
from tools.matrix.sources import digest


class Results:
    """The stored runs, by setting and notebook."""

    def __init__(self, path: Path):
        self.path = path
        self.runs = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def current(self, setting: Setting, notebook: str) -> dict | None:
        """The stored result, if nothing has changed since."""
        run = self.runs.get(setting.name, {}).get(notebook)
        return run if run and run["digest"] == digest(setting, notebook) else None

    def get(self, setting: Setting, notebook: str) -> dict | None:
        """The stored result, if nothing has changed since and there was a comparison."""
        run = self.current(setting, notebook)
        return run if run and WHOLE not in run["cells"] else None

    def put(self, setting: Setting, notebook: str, run: dict) -> None:
        self.runs.setdefault(setting.name, {})[notebook] = run
        self.path.parent.mkdir(exist_ok=True)
        (self.path.parent / ".gitignore").write_text("*\n")
        unfinished = self.path.with_suffix(".tmp")
        unfinished.write_text(json.dumps(self.runs, indent=1, ensure_ascii=False), "utf-8")
        unfinished.replace(self.path)


@dataclass(frozen=True)
class SettingRun:
    """What became of one setting: one line of the table."""

    setting: Setting
    runs: Mapping[str, dict]  # by notebook; none if the setting was skipped or not in force
    said: str = ""  # why there are none

    @property
    def text(self) -> str:
        different = [
            f"{Path(notebook).stem} ({', '.join(run['cells'])})"
            for notebook, run in self.runs.items()
            if run["cells"]
        ]
        return self.said or ("DIFFERENT: " + "; ".join(different) if different else "same")

    @property
    def facts(self) -> dict:
        return next(iter(self.runs.values()))["facts"] if self.runs else {}

    @property
    def row(self) -> tuple:
        seen = {fact: self.facts.get(fact) for fact in self.setting.expected}
        evidence = ", ".join(
            f"{fact}: {value}" for fact, value in seen.items() if value is not None
        )
        return self.setting.name, len(self.runs), self.text, evidence


def outcome(setting: Setting, notebooks: list[str], results: Results) -> SettingRun:
    """Run a setting; the reason in words where it cannot be had, or is not what it claims to be."""
    try:
        _run(setting, notebooks, results)
    except Unavailable as reason:
        return SettingRun(setting, {}, f"skipped: {reason}")
    except RuntimeError as reason:
        return SettingRun(setting, {}, f"FAILED: {reason}")
    return last_outcome(setting, notebooks, results)


def last_outcome(setting: Setting, notebooks: list[str], results: Results) -> SettingRun:
    """What is stored of a setting and still holds; nothing is run."""
    known = {notebook: results.current(setting, notebook) for notebook in notebooks}
    runs = {notebook: run for notebook, run in known.items() if run}
    return SettingRun(setting, runs, "" if runs else "not run yet")


def _run(setting: Setting, notebooks: list[str], results: Results) -> None:
    """Run the notebooks whose results are not known, and store each result at once.

    Raises:
        Unavailable: this machine cannot have the setting.
        RuntimeError: the setting is not in force.
    """
    pending = [notebook for notebook in notebooks if not results.get(setting, notebook)]
    if not pending:
        return
    setting.prepare()
    command([*setting.prefix, "true"], cwd=setting.root)
    common = {"facts": proof(setting), "date": date.today().isoformat()}

    def one(notebook: str) -> dict:
        began, tested = time.perf_counter(), digest(setting, notebook)
        cells = differences(setting, notebook)
        seconds = round(time.perf_counter() - began, 1)
        return common | {"digest": tested, "cells": cells, "seconds": seconds}

    with ThreadPoolExecutor(WORKERS) as pool:
        for notebook, run in zip(pending, pool.map(one, pending), strict=True):
            results.put(setting, notebook, run)
            cells = run["cells"]
            print(f"  {notebook}: {', '.join(cells) or 'same'}, {run['seconds']} s", flush=True)
            for name, report in cells.items():
                print(f"--- {setting.name}, {notebook}, {name}\n{report}", flush=True)
