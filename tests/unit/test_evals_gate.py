"""The gate lets nothing worse through, and says which cases closed it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from eval_examples import make_answer, make_case, make_held, make_record

from evals.accepted import Accepted, GateError, accept, read_accepted, write_accepted
from evals.cases import Case, read_cases
from evals.gate import Rules, Verdict, judge, read_rules, reasons_not_to_accept
from evals.intervals import bootstrap, mcnemar, paired_difference
from evals.metrics import SHARES
from evals.mutations import MUTATIONS, Scene
from evals.records import Record
from evals.runs import RunInfo, scored
from evals.selftest import selftest

HELD = make_held()
CASES = [
    *(make_case(f"fact-{number}") for number in range(40)),
    *(make_case(f"old-{number}", sources=["loti-old"], shows=["four themes"], notices=["superseded"]) for number in range(20)),
    *(make_case(f"gone-{number}", status=["unanswerable"], sources=[], shows=[], tags=["near-miss"]) for number in range(20)),
    *(make_case(f"then-{number}", history=["What is new?"], tags=["follow-up"]) for number in range(20)),
]  # fmt: skip
OLD = ("loti-old:1", "The old strategy has four themes.")
TWO = [("lga-new:1", "The threshold is £207,720."), ("lga-new:1", "It includes VAT.")]
RULES = Rules(floors={})
INFO = RunInfo(
    id="run", created="2026-11-22", build_id="build-1", corpus_digest=None, channel="in this process", tag=None,
    seconds=1.0, version="0", case_digests={},
)  # fmt: skip


def answer_of(case: Case) -> Record:
    if case.must_not_answer:
        return make_record(case, make_answer(status="unanswerable"))
    if case.sources == ("loti-old",):
        answer = make_answer(OLD, notices={"superseded": ("loti-old",), "digest": ()})
        return make_record(case, answer, retrieved=("loti-old:1", "lga-new:1"))
    return make_record(case, make_answer(*TWO, notices={"digest": ()}))


RECORDS = [answer_of(case) for case in CASES]
SCORES, SUMMARY = scored(CASES, RECORDS, HELD)
ACCEPTED = accept(INFO, CASES, SCORES)


def verdict(records: Sequence[Record], *, cases: Sequence[Case] = CASES, rules: Rules = RULES, accepted: Accepted = ACCEPTED) -> Verdict:  # fmt: skip
    return judge(cases, *scored(cases, records, HELD), accepted, rules)


def failing(record: Record) -> Record:
    return replace(record, answer=make_answer(("lga-new:1", "It includes VAT.")))


def test_the_accepted_run_passes() -> None:
    assert verdict(RECORDS) == Verdict(breaks=(), broken_by={}, notes=())


def test_one_newly_failing_case_closes_the_gate_and_is_named() -> None:
    found = verdict([failing(RECORDS[0]), *RECORDS[1:]])
    assert found.breaks == ("newly failing cases: 1; allowed: 0",)
    assert found.broken_by == {"fact-0": "passed when last accepted, and fails now"}


def test_a_case_that_is_allowed_to_fail_is_noted_with_its_reason() -> None:
    found = verdict([failing(RECORDS[0]), *RECORDS[1:]], rules=Rules(floors={}, allowed={"fact-0": "under repair"}))
    assert found.passed
    assert found.notes == ("newly failing cases that are allowed: 1 (fact-0: under repair)",)


def test_an_error_and_a_lost_row_close_the_gate() -> None:
    for records in ([replace(RECORDS[0], answer=None, error="boom"), *RECORDS[1:]], RECORDS[1:]):
        found = verdict(records)
        assert found.breaks[0] == "cases that end in an error: 1"
        assert set(found.broken_by) == {"fact-0"}


def test_a_case_that_was_deleted_closes_the_gate_unless_the_reason_is_given() -> None:
    assert verdict(RECORDS, cases=CASES[1:]).breaks == ("missing cases: 1",)
    assert "fact-0" in verdict(RECORDS, cases=CASES[1:]).broken_by
    assert verdict(RECORDS, cases=CASES[1:], rules=Rules(floors={}, removed={"fact-0": "answered now"})).passed


def test_a_stale_case_closes_the_gate_even_if_it_failed_before() -> None:
    stale = make_case("fact-0", shows=["£214,904"])
    before = accept(INFO, [stale, *CASES[1:]], scored([stale, *CASES[1:]], RECORDS, HELD)[0])
    found = verdict(RECORDS, cases=[stale, *CASES[1:]], accepted=before)
    assert found.breaks == ("stale cases: 1",)
    assert "stands nowhere" in found.broken_by["fact-0"]


def test_a_metric_below_its_floor_and_one_that_cannot_be_measured() -> None:
    rules = Rules.model_validate({"floors": {"refusal_recall": {"all": 0.9, "held_out": 0.9}, "forbidden_facts_avoided": {"all": 0, "held_out": 0}}})  # fmt: skip
    answering = [answer_of(make_case(record.case)) if record.case == "gone-0" else record for record in RECORDS[:61]]
    breaks = verdict([*answering, *RECORDS[80:]], cases=[*CASES[:61], *CASES[80:]], rules=rules).breaks
    assert any(each.startswith("Refusal recall over all cases is 0.0%, below its floor of 90.0%") for each in breaks)
    assert any("Forbidden facts avoided can't be measured" in each for each in breaks)


def test_a_metric_may_fall_without_a_case_newly_failing_and_is_seen() -> None:
    slower = [replace(record, retrieved=tuple(reversed(record.retrieved or ()))) for record in RECORDS]
    found = verdict(slower)
    assert [each.partition(" fell")[0] for each in found.breaks] == ["Mean reciprocal rank"]
    assert verdict(slower, rules=Rules.model_validate({"floors": {}, "regressions": {"drop": 0.6}})).passed


def test_what_changed_otherwise_is_noted() -> None:
    before = accept(INFO, CASES, scored(CASES, [failing(RECORDS[0]), *RECORDS[1:]], HELD)[0])
    changed = [make_case("fact-0", shows=["£207"]), *CASES[1:], make_case("brand-new", shows=["not held"])]
    notes = verdict(RECORDS, cases=CASES, accepted=before).notes
    assert notes == ("newly passing cases: 1 (fact-0)",)
    scores, summary = scored(changed, RECORDS, HELD)
    notes = judge(changed, scores, summary | {"stale": {}}, ACCEPTED, RULES).notes
    assert "cases that ask or expect something else than when accepted: 1 (fact-0)" in notes
    assert "new cases that fail: 1 (brand-new)" in notes


def test_a_run_with_errors_or_below_a_floor_is_not_accepted_but_failing_cases_are() -> None:
    scores, summary = scored(CASES, [failing(RECORDS[0]), *RECORDS[1:]], HELD)
    assert reasons_not_to_accept(scores, summary, ACCEPTED, RULES) == []
    floors = Rules.model_validate({"floors": {"passed": {"all": 1.0, "held_out": 0.0}}})
    assert reasons_not_to_accept(scores, summary, None, floors) == [
        "Cases passed over all cases is 99.0%, below its floor of 100.0%"
    ]
    scores, summary = scored(CASES, RECORDS[1:], HELD)
    assert reasons_not_to_accept(scores, summary, ACCEPTED, RULES)[0] == "cases that end in an error: 1"


def test_the_accepted_run_is_the_same_when_read_again(tmp_path: Path) -> None:
    path = tmp_path / "accepted.json"
    with pytest.raises(GateError, match="No run has been accepted yet"):
        read_accepted(path)
    write_accepted(ACCEPTED, path)
    assert read_accepted(path) == ACCEPTED
    assert sum(line.lstrip().startswith('"fact-') for line in path.read_text(encoding="utf-8").splitlines()) == 40
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(GateError, match="version control"):
        read_accepted(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[floors.pased]\nall = 0.5\nheld_out = 0.5\n", "there is no share pased"),
        ("[floors.passed]\nall = 50\nheld_out = 0.5\n", "floors.passed.all: Input should be less than or equal to 1"),
        ("[floor]\n", "floors: Field required"),
        ("floors = ", "can't be read"),
    ],
)
def test_wrong_rules_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "gate.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GateError, match=message):
        read_rules(path)


def test_the_shipped_rules_and_the_accepted_run_fit_the_cases() -> None:
    rules, accepted = read_rules(), read_accepted()
    assert {case.id for case in read_cases()} >= set(accepted.cases) - set(rules.removed)
    assert all(floor.target is None or floor.all <= floor.target for floor in rules.floors.values())
    assert {name for case in accepted.cases.values() for name in case.values} <= {metric.key for metric in SHARES}


class Forgetful:
    """A product that, without a history, answers a follow-up with something else."""

    def ask(self, case: Case) -> Record:
        return answer_of(case) if case.history else failing(answer_of(case))

    def held(self) -> object:
        return HELD


def test_every_mutation_is_noticed_by_a_metric_and_by_the_gate() -> None:
    scene = Scene(cases=CASES, records=RECORDS, held=HELD, channel=Forgetful())  # type: ignore[arg-type]
    outcome = selftest(INFO, scene, RULES)
    assert outcome.sound == ()
    assert [each.name for each in outcome.noticed] == list(MUTATIONS)
    assert {each.name: bool(each.gate) for each in outcome.noticed} == dict.fromkeys(MUTATIONS, True)
    assert {each.name: bool(each.metrics) for each in outcome.noticed} == dict.fromkeys(MUTATIONS, True)


def test_a_suite_that_does_not_notice_fails_its_selftest() -> None:
    scene = Scene(cases=CASES, records=RECORDS, held=HELD, channel=Forgetful())  # type: ignore[arg-type]
    blind = Rules.model_validate({"floors": {}, "regressions": {"newly_failing": 1000, "drop": 1.0}})
    outcome = selftest(INFO, scene, blind)
    assert not outcome.passed
    assert {each.name for each in outcome.noticed if each.gate} == {"errors", "lost-rows"}


def test_intervals_are_the_same_at_every_run_and_hold_the_mean() -> None:
    values = [0.0] * 30 + [1.0] * 70
    low, high = bootstrap(values)
    assert bootstrap(values) == [low, high]
    assert 0.58 < low < 0.7 < high < 0.82
    assert bootstrap([1.0] * 5) == [1.0, 1.0]
    low, high = paired_difference([1.0] * 50 + [0.0] * 50, [0.0] * 20 + [1.0] * 30 + [0.0] * 50)
    assert low < -0.2 < high < 0


def test_mcnemar_is_the_exact_binomial_test() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(5, 5) == 1.0
    assert mcnemar(6, 0) == pytest.approx(2 * 0.5**6)
