"""Promise: orders are really run, errors included; the stored table and its page agree."""

import sys

import keras
import numpy as np
import pytest

from helpers.experiments import orders
from helpers.experiments.orders import (
    ORDERS,
    Outcome,
    backends_table,
    order_table,
    run_order,
    run_orders,
)
from helpers.experiments.results import stored
from helpers.experiments.version_claims import LOCKED
from tools.backends import PAGE, backends_page, one_backend, pythons

AS_LOCKED = tuple(map(int, keras.__version__.split(".")[:2])) == LOCKED


@pytest.fixture(scope="module")
def outcomes():
    return run_orders()


def test_one_outcome_per_order_in_order(outcomes):
    assert [(o.name, o.steps) for o in outcomes] == list(ORDERS.items())
    for outcome in outcomes:
        assert (outcome.trainable, outcome.summary) in {(8, "frozen"), (23, "learned")}


def test_the_rule_holds(outcomes):
    """Flag, compile with a new optimizer, fit: no order of this form may ever differ."""
    for outcome in outcomes:
        *_, before_last, last = (s for s in outcome.steps if s not in ("freeze", "unfreeze"))
        compiled = before_last in ("compile", "recompile") and outcome.steps[-2] == before_last
        if compiled and last == "fit":
            assert outcome.honest, outcome


def test_what_the_flag_says_is_what_eager_training_does_when_frozen():
    late = {"frozen too late": ORDERS["frozen too late"]}
    assert run_orders(late, run_eagerly=True)[0].fit == "still"


def test_an_error_is_an_outcome():
    outcome = run_order("reuse", ORDERS["thawed, old optimizer"])
    assert outcome.fit == "ValueError" and not outcome.honest


def test_an_error_that_is_no_result_is_raised(monkeypatch):
    def broken(*arguments, **options):
        raise OSError("no disk")

    monkeypatch.setattr(keras.Model, "fit", broken)
    with pytest.raises(OSError, match="no disk"):
        run_order("broken", ("compile", "fit"))


def test_running_leaves_no_trace_in_later_runs():
    first = run_order("again", ORDERS["frozen too late"])
    assert run_order("again", ORDERS["frozen too late"]) == first


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("compile", "should be a tuple of steps, not 'compile'"),
        (("compile", "melt", "fit"), "has \\['melt'\\]; the steps are compile,"),
        (("compile", "fit", "freeze"), "should end with a fit"),
        ((), "should be a tuple of steps, not the empty"),
        (("freeze", "fit"), "needs 'compile' before 'fit'"),
        (("recompile", "fit"), "needs 'compile' before 'recompile'"),
    ],
)
def test_what_is_no_order_is_refused(steps, message):
    with pytest.raises((ValueError, TypeError), match=message):
        run_order("odd", steps)


@pytest.mark.parametrize(
    ("summary", "fit", "honest"),
    [
        ("frozen", "still", True),
        ("learned", "moved", True),
        ("frozen", "moved", False),
        ("learned", "still", False),
        ("learned", "ValueError", False),
    ],
)
def test_honest(summary, fit, honest):
    outcome = Outcome("x", ("compile", "fit"), 8, summary, fit)
    assert outcome.honest is honest
    assert order_table([outcome]).rows[0][-1] == ("" if honest else "✗")


def test_data_moves_every_weight():
    model = orders.make_model()
    model.compile("sgd", "mse", run_eagerly=True)
    before = model.get_weights()
    model.train_on_batch(*orders.data())
    for old, new in zip(before, model.get_weights(), strict=True):
        assert not np.any(old == new)


# --- the stored table ---------------------------------------------------------------------------


def test_stored_runs_cover_every_order_with_versions_and_date():
    runs = stored("orders")["results"]
    assert list(runs) == ["TensorFlow", "TensorFlow, eager", "PyTorch", "JAX"]
    for run in runs.values():
        assert list(run["outcomes"]) == list(ORDERS)
        assert "keras" in run["versions"] and len(run["versions"]) == 2
        assert len(run["date"].split("-")) == 3


@pytest.mark.skipif(not AS_LOCKED, reason="stored for the locked Keras")
def test_stored_run_of_this_backend_is_what_happens_here(outcomes):
    here = {outcome.name: [outcome.summary, outcome.fit] for outcome in outcomes}
    assert stored("orders")["results"]["TensorFlow"]["outcomes"] == here


def test_table_marks_what_differs_from_the_summary():
    run = {
        "versions": {"keras": "9"},
        "date": "2000-01-02",
        "outcomes": {"a": ["frozen", "moved"], "b": ["frozen", "still"]},
    }
    table = backends_table({"Abacus": run}, ("a", "b"))
    assert list(table.rows) == [("a", "moved *"), ("b", "still")]
    assert table.caption.endswith("Abacus: keras 9, 2000-01-02")


def test_page_is_the_one_of_the_stored_table():
    page = backends_page(stored("orders")["results"])
    assert PAGE.read_text("utf-8") == page, "run `make measure ONLY=orders`"


def test_tool_runs_one_backend_in_a_process_of_its_own():
    result = one_backend("tensorflow", sys.executable, "eager")
    assert list(result) == ["versions", "date", "outcomes"]
    assert result["outcomes"]["flag first"] == ["frozen", "still"]


def test_tool_says_what_it_expected():
    with pytest.raises(SystemExit, match="expected tensorflow or torch or jax, then = and a"):
        pythons(["theano=/bin/true"])
    with pytest.raises(SystemExit, match="got 'jax=/no/such/python'"):
        pythons(["jax=/no/such/python"])
