"""How sure a figure is, and whether two runs differ: bootstrap and McNemar's test, the same at every run."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 1000
_SEED = 2023
_EDGES = (2.5, 97.5)


def bootstrap(values: Sequence[float]) -> list[float]:
    """The 95 % interval of the mean by resampling (Efron 1979), the same at every run."""
    return [round(float(edge), 4) for edge in np.percentile(_resampled(values).mean(axis=1), _EDGES)]


def bootstrap_percentile(values: Sequence[float], percentile: float) -> list[float]:
    """The 95 % interval of a percentile, such as the median."""
    return [round(float(e), 4) for e in np.percentile(np.percentile(_resampled(values), percentile, axis=1), _EDGES)]


def paired_difference(before: Sequence[float], after: Sequence[float]) -> list[float]:
    """The 95 % bootstrap interval of the mean of `after - before`, pair by pair (each of length n)."""
    return bootstrap(np.asarray(after) - np.asarray(before))


def mcnemar(lost: int, won: int) -> float:
    """The exact two-sided p of McNemar's test (1947): were as many cases lost as won, but for chance?"""
    # Loading scipy.stats takes longer than scoring all cases; most commands test nothing.
    from scipy.stats import binomtest

    return float(binomtest(lost, lost + won).pvalue) if lost + won else 1.0


def _resampled(values: Sequence[float]) -> NDArray[np.float64]:
    generator = np.random.default_rng(_SEED)
    data = np.asarray(values, dtype=np.float64)
    return data[generator.integers(0, len(data), size=(_RESAMPLES, len(data)))]
