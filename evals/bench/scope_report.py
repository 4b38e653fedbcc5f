"""What the scope model does to questions that it was not fitted on, alone and with the judgement of evidence after it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from assistant.answer import Assistant
from assistant.errors import QuestionError
from assistant.ports import Embedder
from assistant.scope import IN_SCOPE, WITHOUT_EVIDENCE, Model, judge_scope, likeliest_scope
from assistant.types import AnswerStatus, Turn
from evals.bench.train_scope import KINDS, Curve, Labelled, is_held_out
from evals.cases import Case

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What would become of a question: the kind that it is flagged as, whether it is out of scope at the end, whether it is answered."""

    kind: str
    out_of_scope: bool
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """What a question is put to."""

    assistant: Assistant
    embedder: Embedder
    model: Model
    evidence_threshold: float


def judge(judges: Judges, text: str, history: Sequence[str] = (), *, follow_up: bool = False) -> Verdict:
    """Scope first; then evidence; then, where evidence is missing, scope again with less to prove."""
    try:
        question, _, evidence = judges.assistant.search(text, history=[Turn(question=each) for each in history])
    except QuestionError:
        return Verdict(kind=IN_SCOPE, out_of_scope=False, answered=False)
    cleaned = question.queries[0].text
    vector = judges.embedder.embed_queries([cleaned])[0]
    later = follow_up or bool(history)
    found = judge_scope(cleaned, vector, follow_up=later, model=judges.model)
    if found:
        return Verdict(kind=found.kind, out_of_scope=True, answered=False)
    if evidence.probability >= judges.evidence_threshold:
        return Verdict(kind=IN_SCOPE, out_of_scope=False, answered=True)
    likeliest = likeliest_scope(cleaned, vector, follow_up=later, model=judges.model)
    outside = likeliest.probability >= WITHOUT_EVIDENCE
    return Verdict(kind=IN_SCOPE, out_of_scope=outside, answered=False)


def report_curve(curve: Curve, thresholds: dict[str, float], say: Say) -> None:
    """Every third threshold by kind: the share of the kind that is flagged, and of the in-scope questions flagged as it."""
    say("\nchosen by cross-validation (kind flagged / in scope flagged as that kind)")
    say("threshold  " + "  ".join(f"{kind:>20}" for kind in curve.flagged))
    for at in range(0, len(curve.thresholds), 3):
        cells = (f"{curve.flagged[kind][at]:.3f} / {curve.wrongly[kind][at]:.4f}" for kind in curve.flagged)
        say(f"{curve.thresholds[at]:9.2f}  " + "  ".join(f"{cell:>20}" for cell in cells))
    say("chosen     " + "  ".join(f"{thresholds[kind]:20.2f}" for kind in curve.flagged))


def report_held_out(samples: Sequence[Labelled], judges: Judges, say: Say) -> None:
    """The confusion on the held-out third, and what becomes of each kind once evidence has been judged, too."""
    held_out = [each for each in samples if each.held_out]
    judged = [(each.kind, judge(judges, each.question, follow_up=each.follow_up)) for each in held_out]
    say(f"\nheld out: {len(judged)} questions (row: what they are, column: what they were flagged as)")
    say(f"{'':>20}  " + "  ".join(f"{kind:>20}" for kind in KINDS))
    for kind in KINDS:
        row = [found.kind for label, found in judged if label == kind]
        say(f"{kind:>20}  " + "  ".join(f"{row.count(each):20d}" for each in KINDS))
    for name, wanted in (("in scope", True), ("out of scope", False)):
        say_shares(name, [found for label, found in judged if (label == IN_SCOPE) is wanted], say)


def report_cases(cases: Sequence[Case], judges: Judges, say: Say) -> None:
    """What becomes of this project's own cases; the third that is never tuned on stands apart."""
    for part, held in (("seen while this was made", False), ("held out", True)):
        say(f"\nevals/cases, {part}")
        chosen = [case for case in cases if is_held_out(case.id) is held]
        ask = partial(judge, judges)
        for kind in ("must be answered", "near-miss", "too-vague", "out of scope"):
            say_shares(kind, [ask(each.question, each.history) for each in chosen if _kind_of_case(each) == kind], say)


def say_shares(name: str, verdicts: Sequence[Verdict], say: Say) -> None:
    """How many were flagged, are out of scope at the end, and are answered."""
    count = len(verdicts)
    flagged = sum(each.kind != IN_SCOPE for each in verdicts)
    outside, answered = sum(each.out_of_scope for each in verdicts), sum(each.answered for each in verdicts)
    shares = (
        f"{label} {number} ({number / count:.3f})"
        for label, number in (
            ("flagged", flagged),
            ("out of scope at the end", outside),
            ("answered", answered),
        )
    )
    say(f"{name:>20}: {count} questions, " + ", ".join(shares))


def _kind_of_case(case: Case) -> str | None:
    if case.status[0] is AnswerStatus.OUT_OF_SCOPE:
        return "out of scope"
    if case.must_answer:
        return "must be answered"
    return case.kind
