"""Percentiles, ratios and bars: what is made of measured times."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

_DIGITS = 4


class Bar(NamedTuple):
    """What a measure may be at most (`most`) or at least (`least`)."""

    name: str
    value: float | None
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether it is met; None where it was not measured."""
        if self.value is None:
            return None
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that `share` per cent of all values do not exceed."""
    if not values:
        raise ValueError("There is no percentile of nothing.")
    return sorted(values)[max(0, math.ceil(share / 100 * len(values)) - 1)]


def latency(milliseconds: Sequence[float]) -> dict[str, float]:
    """The usual three percentiles."""
    return {f"latency_p{share}": rounded(percentile(milliseconds, share)) for share in (50, 95, 99)}


def ratios(ours: Mapping[str, Any], vanilla: Mapping[str, Any]) -> dict[str, Any]:
    """Ours over vanilla, for every number that both have, to any depth."""
    found: dict[str, Any] = {}
    for name, value in ours.items():
        other = vanilla.get(name)
        if isinstance(value, Mapping) and isinstance(other, Mapping):
            found[name] = ratios(value, other)
        elif isinstance(value, int | float) and isinstance(other, int | float) and other:
            found[name] = rounded(value / other)
    return found


def rounded(value: float) -> float:
    """To four significant digits: more would be noise."""
    return float(f"{value:.{_DIGITS}g}")
