"""Every way of being wrong costs the metric that stands for it."""

from dataclasses import replace
from typing import Any

import pytest
from eval_examples import GOOD, OLD_TEXT, TEXT, make_answer, make_case, make_held, make_record

from evals.anchors import folded, holds
from evals.records import Record
from evals.score import NOTHING_RECORDED, QUESTION_CHANGED, CaseScore, score, score_all

HELD = make_held()


def scored(answer: dict[str, Any] | None = None, **case: Any) -> CaseScore:
    asked = make_case(**case)
    return score(asked, make_record(asked, answer), HELD)


def test_a_right_answer_passes_every_metric_that_concerns_it() -> None:
    found = scored()
    assert (found.passed, found.failures, found.status) == (True, (), "answered")
    assert {name: value for name, value in found.values.items() if name not in ("answer_words", "latency_ms")} == dict.fromkeys(
        (
            "answer_recall", "citation_precision", "citation_recall", "fact_coverage", "groundedness", "mrr",
            "passage_recall", "passed", "source_precision", "source_recall", "status_accuracy", "verbatim_rate",
        ),
        1.0,
    )  # fmt: skip
    assert (found.values["answer_words"], found.values["latency_ms"]) == (4, 20.0)


def test_an_error_a_missing_row_and_another_question_count_as_failures() -> None:
    case = make_case(notices=["conflict"], history=["What is new?"])
    wrong = {
        "boom": replace(make_record(case), answer=None, error="boom"),
        NOTHING_RECORDED: None,
        QUESTION_CHANGED: make_record(case, asked="another"),
    }
    for reason, record in wrong.items():
        found = score(case, record, HELD)
        assert (found.passed, found.error, found.status) == (False, reason, "error")
        for name in ("passed", "status_accuracy", "answer_recall", "source_recall", "fact_coverage", "notice_recall", "follow_up_accuracy", "passage_recall", "mrr"):  # fmt: skip
            assert found.values[name] == 0.0, name
        assert not {"refusal_precision", "latency_ms", "verbatim_rate"} & set(found.values)


def test_an_error_is_no_refusal() -> None:
    case = make_case(status=["unanswerable"], sources=[], shows=[])
    found = score(case, Record(case=case.id, asked=case.asked, error="boom"), HELD)
    assert found.values["refusal_recall"] == 0.0


def test_every_case_gets_a_score_whatever_was_recorded() -> None:
    cases = [make_case("b-case"), make_case("a-case")]
    found = score_all(cases, [make_record(cases[0]), make_record(make_case("gone"))], HELD)
    assert [(each.case, each.passed) for each in found] == [("a-case", False), ("b-case", True)]


@pytest.mark.parametrize(
    ("expected", "got", "values"),
    [
        (["answered"], "unanswerable", {"status_accuracy": 0.0, "refusal_precision": 0.0, "answer_recall": 0.0}),
        (["unanswerable"], "unanswerable", {"status_accuracy": 1.0, "refusal_precision": 1.0, "refusal_recall": 1.0}),
        (["declined"], "unanswerable", {"status_accuracy": 0.0, "refusal_precision": 1.0, "refusal_recall": 1.0}),
        (["unanswerable"], "answered", {"status_accuracy": 0.0, "refusal_recall": 0.0}),
        (["unanswerable"], "partial", {"status_accuracy": 0.0, "refusal_recall": 0.0}),
        (["unanswerable", "partial"], "partial", {"status_accuracy": 1.0, "refusal_recall": 1.0}),
    ],
)
def test_statuses_and_refusals(expected: list[str], got: str, values: dict[str, float]) -> None:
    shown = got in ("answered", "partial")
    found = scored(make_answer(*([GOOD] if shown else []), status=got), status=expected, sources=[], shows=[])
    names = ("status_accuracy", "refusal_precision", "refusal_recall", "answer_recall")
    assert {name: found.values[name] for name in names if name in found.values} == values


def test_sources_any_of_some_and_all_of_others() -> None:
    assert scored(sources=["loti-old", "lga-new"]).values["source_recall"] == 1.0
    half = scored(sources=["lga-new"], sources_all=["loti-old"])
    assert half.values["source_recall"] == 0.5
    assert half.failures == ("cites lga-new, not loti-old",)
    assert scored(sources=["loti-old"]).values["source_precision"] == 0.0


def test_facts_headings_and_what_must_not_be_shown() -> None:
    found = scored(shows=["£207,720", ["including VAT", "includes VAT"]], headings=["thresholds now", "Themes"])
    assert found.values["fact_coverage"] == 0.5
    assert found.failures == (
        "does not show ('including VAT', 'includes VAT')",
        "shows nothing under the heading 'Themes'",
    )
    forbidden = scored(never=["threshold is"], shows=[])
    assert forbidden.values["forbidden_facts_avoided"] == 0.0
    assert scored(never=["£1"]).values["forbidden_facts_avoided"] == 1.0


@pytest.mark.parametrize(
    "answer",
    [
        make_answer(("lga-new:1", "The threshold is £207,721.")),
        make_answer(("loti-old:1", "The threshold is £207,720.")),
        make_answer(("lga-new:none", "The threshold is £207,720.")),
        make_answer(("lga-new:1", " ")),
    ],
    ids=["a digit", "another passage", "no such passage", "nothing"],
)
def test_a_quote_that_does_not_stand_in_its_passage(answer: dict[str, Any]) -> None:
    found = scored(answer, shows=[], sources=[])
    for name in ("verbatim_rate", "groundedness", "citation_precision", "citation_recall"):
        assert found.values[name] == 0.0, name
    assert not found.passed


def test_a_right_quote_under_another_sources_name_is_not_verbatim() -> None:
    answer = make_answer(GOOD)
    answer["citations"][0]["source_id"] = "loti-old"
    assert scored(answer, sources=[]).values["verbatim_rate"] == 0.0


def test_statements_whose_citations_were_swapped_are_not_grounded() -> None:
    answer = make_answer(GOOD, ("loti-old:1", OLD_TEXT), notices={"superseded": ("loti-old",)})
    assert scored(answer).passed
    answer["statements"][0]["citations"], answer["statements"][1]["citations"] = [2], [1]
    found = scored(answer)
    assert found.values["verbatim_rate"] == 1.0
    assert found.values["groundedness"] == found.values["citation_precision"] == found.values["citation_recall"] == 0.0


def test_one_wrong_citation_beside_a_right_one_costs_precision_and_grounding_but_not_recall() -> None:
    answer = make_answer(GOOD, ("lga-new:1", "It includes VAT."))
    answer["statements"] = [answer["statements"][0] | {"citations": [1, 2]}]
    found = scored(answer)
    assert (found.values["citation_precision"], found.values["citation_recall"]) == (0.5, 1.0)
    missing = make_answer(GOOD)
    missing["statements"][0]["citations"] = [1, 7]
    assert scored(missing).values["groundedness"] == 0.0


def test_a_statement_of_a_kind_that_nobody_can_check_is_not_grounded() -> None:
    answer = make_answer(GOOD)
    answer["statements"][0]["kind"] = "guessed"
    assert scored(answer).values["groundedness"] == 0.0


def test_a_sentence_of_a_model_is_checked_anew() -> None:
    answer = make_answer(GOOD)
    said = answer["statements"][0]
    said["kind"] = "verified"
    assert scored(answer).values["groundedness"] == 1.0
    answer["statements"] = [said | {"text": said["text"].replace("2", "3")}]
    assert said["text"] != answer["statements"][0]["text"]
    assert scored(answer).values["groundedness"] == 0.0


def test_notices_that_are_missing_expected_borne_out_and_neither() -> None:
    found = scored(
        make_answer(GOOD, notices={"digest": (), "conflict": (), "nation": ()}), notices=["conflict", "date"]
    )
    assert found.values["notice_recall"] == 0.5
    assert found.values["notice_precision"] == pytest.approx(2 / 3)
    assert found.failures == ("has no date notice",)


def test_old_text_without_its_warning_fails_whatever_the_case_asks() -> None:
    old = ("loti-old:1", OLD_TEXT)
    case = {"sources": ["loti-old"], "shows": ["four themes"]}
    assert scored(make_answer(old, notices={"superseded": ("loti-old",)}), **case).passed
    found = scored(make_answer(old, notices={"superseded": ("another",)}), **case)
    assert (found.passed, found.values["old_text_warned"]) == (False, 0.0)


def test_retrieval_is_measured_over_what_was_found_and_only_where_it_is_known() -> None:
    case = make_case()
    second = score(case, make_record(case, retrieved=("loti-old:1", "lga-new:1")), HELD)
    assert (second.values["mrr"], second.values["passage_recall"]) == (0.5, 1.0)
    nothing = score(case, make_record(case, retrieved=()), HELD)
    assert (nothing.values["mrr"], nothing.values["passage_recall"]) == (0.0, 0.0)
    assert "mrr" not in score(case, make_record(case, retrieved=None), HELD).values
    assert "mrr" not in score(case, make_record(case), replace(HELD, whole=False)).values


def test_anchors_survive_case_typography_and_line_breaks() -> None:
    assert holds(folded(TEXT), "IT INCLUDES  VAT")
    assert holds(folded("a “long‑term” plan"), ("short", 'A "long-term" plan'))
    assert not holds(folded(TEXT), "£207,72 0")
