"""Plots of what `evals speed` measured, as SVG that is the same for the same figures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_SIDES = {
    "ours": ("this assistant, whole answer", "#00703c", "o"),
    "vanilla": ("LangChain, retrieval alone", "#505a5f", "s"),
}


def write_plots(result: dict[str, Any], folder: Path) -> list[Path]:
    """`speed-load.svg`, and `speed-growth.svg` where growth was measured. Returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [_save(folder / "speed-load.svg", lambda left, right: _load(result, left, right))]
    if "growth" in result:
        files.append(_save(folder / "speed-growth.svg", lambda left, right: _growth(result["growth"], left, right)))
    return files


def _save(path: Path, draw: Callable[[Axes, Axes], None]) -> Path:
    # No date, and ids from a fixed salt: the same figures give the same file.
    with mpl.rc_context({"svg.hashsalt": "speed", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(8, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2)
        draw(left, right)
        left.legend(frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None})
    return path


def _load(result: dict[str, Any], left: Axes, right: Axes) -> None:
    for name, (label, colour, marker) in _SIDES.items():
        levels = result[name]["clients"]
        clients = [int(count) for count in levels]
        style: dict[str, Any] = {"color": colour, "marker": marker, "label": label}
        left.plot(clients, [each["answers_per_second"] for each in levels.values()], **style)
        right.plot(clients, [each["latency_p95"] for each in levels.values()], **style)
    for axes, title in ((left, "answers a second"), (right, "95th percentile, ms")):
        _label(axes, title, "clients at once, server on one core")


def _growth(growth: dict[str, Any], left: Axes, right: Axes) -> None:
    sizes = [size for size in growth if size.isdigit()]
    for name, (label, colour, marker) in _SIDES.items():
        style: dict[str, Any] = {"color": colour, "marker": marker, "label": label}
        passages = [int(size) for size in sizes]
        left.plot(passages, [growth[size][name]["latency_p50"] for size in sizes], **style)
        right.plot(passages, [growth[size][name]["memory"] for size in sizes], **style)
    for axes, title in ((left, "median, ms"), (right, "resident memory, MB")):
        axes.set_xscale("log")
        _label(axes, title, "passages")


def _label(axes: Axes, title: str, below: str) -> None:
    axes.set_title(title, loc="left", fontsize=9)
    axes.set_xlabel(below)
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
