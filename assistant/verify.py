"""Stand-in: whether a claim's words stand in its evidence. The verifier takes its place behind the same signature."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.analysis import terms

_LEAST = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """How likely the evidence bears a claim out, and whether that suffices."""

    probability: float
    supported: bool


def verify(claim: str, evidence: Sequence[str]) -> Support:
    """The share of the claim's stems that stand in the evidence."""
    said = set(terms(claim))
    held = said & {term for text in evidence for term in terms(text)}
    share = len(held) / max(1, len(said))
    return Support(probability=share, supported=share >= _LEAST)
