"""Draws the curves that the verifier's threshold was chosen by (docs/figures/verifier.svg)."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from evals.bench.train_verifier import THRESHOLDS, Matrix, family_mean

# Without these the same curves would give another file at every run.
_DETERMINISTIC: Any = {"svg.hashsalt": "verifier", "svg.fonttype": "none"}


def draw(curves: dict[str, Matrix], threshold: float, path: Path) -> None:
    """Balanced accuracy on claims that were not fitted on, over the threshold: each set, and the mean of the families."""
    with mpl.rc_context(_DETERMINISTIC):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.subplots()
        for name, curve in curves.items():
            axes.plot(THRESHOLDS, 100 * curve, label=name.replace("_", " "))
        axes.plot(THRESHOLDS, 100 * family_mean(curves), color="black", linewidth=2, label="mean of the families")
        axes.axvline(threshold, color="grey", linestyle=":", label=f"chosen: {threshold:.2f}")
        axes.set(
            title="Supported or not, held out by document",
            xlabel="threshold",
            ylabel="balanced accuracy, %",
            ylim=(50, 100),
        )
        axes.legend(loc="lower left", ncols=2)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})
