"""Draws the curve that the threshold of the intent model was chosen by (docs/figures/guard.svg)."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from evals.bench.train_guard import FALSE_OF_LOOKALIKES, FALSE_OF_ORDINARY, Curve

# Without these the same curve would give another file at every run.
_DETERMINISTIC: Any = {"svg.hashsalt": "guard", "svg.fonttype": "none"}


def draw(curve: Curve, path: Path) -> None:
    """Two panels over the threshold: the share of misuse that is declined, and of honest questions, with their limits."""
    with mpl.rc_context(_DETERMINISTIC):
        figure = Figure(figsize=(10, 4.2), layout="constrained")
        caught, wrong = figure.subplots(1, 2)
        caught.plot(curve.thresholds, 100 * curve.misuse)
        for values, limit, label in (
            (curve.ordinary, FALSE_OF_ORDINARY, "ordinary questions"),
            (curve.lookalikes, FALSE_OF_LOOKALIKES, "look-alikes"),
        ):
            [line] = wrong.plot(curve.thresholds, 100 * values, label=label)
            wrong.axhline(100 * limit, color=line.get_color(), linestyle=":")
        for axes in (caught, wrong):
            axes.axvline(curve.chosen, color="grey", linestyle="--", label=f"chosen: {curve.chosen:.2f}")
        caught.set(title="Misuse, declined", xlabel="threshold", ylabel="% of the questions", ylim=(0, 100))
        wrong.set(title="Honest, declined (dotted: the most allowed)", xlabel="threshold", ylabel="%", ylim=(0, None))
        caught.legend()
        wrong.legend()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})
