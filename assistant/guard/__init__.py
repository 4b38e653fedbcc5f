"""Looks at a question before it is searched for: personal data, help to break the rules, attempts to steer. See docs/adr/0010-guard.md."""

from assistant.guard.finding import Finding
from assistant.guard.intent import judge_intent
from assistant.guard.personal_data import inspect
from assistant.guard.steering import earlier_steering, honest_part, honest_turns, steering_flags

__all__ = ["Finding", "earlier_steering", "honest_part", "honest_turns", "inspect", "judge_intent", "steering_flags"]
