"""Draws the curve that the thresholds of the scope model were chosen by (docs/figures/scope.svg)."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from evals.bench.train_scope import FALSE_SHARE, Curve

# Without these the same curve would give another file at every run.
_DETERMINISTIC: Any = {"svg.hashsalt": "scope", "svg.fonttype": "none"}


def draw(curve: Curve, thresholds: dict[str, float], path: Path) -> None:
    """Two panels over the threshold: the share of each kind that is flagged, and of in-scope questions flagged as it."""
    with mpl.rc_context(_DETERMINISTIC):
        figure = Figure(figsize=(10, 4.2), layout="constrained")
        caught, wrong = figure.subplots(1, 2)
        for kind, threshold in thresholds.items():
            label = f"{kind.replace('_', ' ')} ({threshold:.2f})"
            [line] = caught.plot(curve.thresholds, 100 * curve.flagged[kind], label=label)
            wrong.plot(curve.thresholds, 100 * curve.wrongly[kind], color=line.get_color())
            at = int((curve.thresholds >= threshold).argmax())
            for axes, values in ((caught, curve.flagged[kind]), (wrong, curve.wrongly[kind])):
                axes.plot(threshold, 100 * values[at], "o", color=line.get_color())
        wrong.axhline(100 * FALSE_SHARE, color="grey", linestyle=":", label="the most that is allowed")
        caught.set(title="Out of scope, flagged", xlabel="threshold", ylabel="% of the kind", ylim=(0, 100))
        wrong.set(
            title="In scope, flagged as the kind", xlabel="threshold", ylabel="% of in-scope questions", ylim=(0, None)
        )
        caught.legend(title="kind (chosen threshold)", loc="lower left")
        wrong.legend()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})
