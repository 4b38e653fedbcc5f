"""Checks what a language model drafts, sentence by sentence. Pure: texts in, verdicts out. See docs/adr/0017-model-phrasing.md."""

from assistant.gate.check import Dropped, Passed, Rule, check
from assistant.gate.draft import Draft, DraftedSentence
from assistant.gate.shown import Shown, read

__all__ = ["Draft", "DraftedSentence", "Dropped", "Passed", "Rule", "Shown", "check", "read"]
