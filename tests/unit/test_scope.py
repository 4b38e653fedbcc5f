"""Scope: the shipped model is whole, its judgement is pure, and its questions are fit to train it with."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from assistant.scope import (
    FEATURES,
    IN_SCOPE,
    MESSAGES,
    Model,
    features,
    judge_scope,
    likeliest_scope,
    shipped_model,
)
from evals.bench.train_scope import KINDS, as_text, choose_thresholds, curve_of, read_questions
from evals.cases import read_cases

ROOT = Path(__file__).parents[2]
DIMENSIONS = 384
FILE = files("assistant").joinpath("scope.json")


def model_of(column: int, kind: str, *, weight: float = 8.0) -> Model:
    """A model that looks at one number of the vector only."""
    vector_weights = np.zeros((len(KINDS), 4))
    vector_weights[KINDS.index(kind), column] = weight
    return Model.of(
        {
            "kinds": KINDS,
            "thresholds": dict.fromkeys(MESSAGES, 0.9),
            "intercepts": [2.0, 0, 0, 0, 0, 0],
            "vector_weights": vector_weights,
            "feature_weights": np.zeros((len(KINDS), len(FEATURES))),
        }
    )


def test_the_model_file_is_whole_small_and_says_what_made_it() -> None:
    text = FILE.read_text(encoding="utf-8")
    values = json.loads(text)
    assert len(text) < 60_000
    assert tuple(values["kinds"]) == KINDS
    assert tuple(values["features"]) == FEATURES
    assert set(values["thresholds"]) == set(MESSAGES)
    assert all(0.7 <= each < 1 for each in values["thresholds"].values())
    assert shipped_model().weights.shape == (len(KINDS), DIMENSIONS + len(FEATURES))
    assert shipped_model().intercepts.shape == (len(KINDS),)
    assert (ROOT / values["script"]).is_file()
    assert "evals/scope" in values["data"]
    assert values["model"] == "sentence-transformers/all-MiniLM-L6-v2"
    assert as_text(values) == text


def test_every_kind_tells_an_officer_why_and_what_to_do() -> None:
    assert len(set(MESSAGES.values())) == len(MESSAGES) == 5
    for message in MESSAGES.values():
        assert message.endswith(".")
        assert 60 < len(message) < 320


@pytest.mark.parametrize("kind", list(MESSAGES))
def test_the_kind_with_the_weight_is_the_kind_that_is_told(kind: str) -> None:
    model = model_of(1, kind)
    near, far = np.eye(4, dtype=np.float32)[1], np.eye(4, dtype=np.float32)[0]
    found = judge_scope("anything", near, follow_up=False, model=model)
    assert found is not None
    assert (found.kind, found.message) == (kind, MESSAGES[kind])
    assert found.probability > 0.9
    assert judge_scope("anything", far, follow_up=False, model=model) is None


def test_what_is_not_sure_enough_is_not_flagged_but_can_be_asked_for() -> None:
    model = model_of(1, "live_data", weight=2.0)
    vector = np.eye(4, dtype=np.float32)[1]
    assert judge_scope("anything", vector, follow_up=False, model=model) is None
    found = likeliest_scope("anything", vector, follow_up=False, model=model)
    assert found.kind == "live_data"
    assert 0.5 < found.probability < 0.9


def test_the_same_question_is_judged_the_same_and_its_vector_stays() -> None:
    vector = np.full(DIMENSIONS, 1 / np.sqrt(DIMENSIONS), dtype=np.float32)
    before = vector.copy()
    first = likeliest_scope("best CRM?", vector, follow_up=False)
    assert first == likeliest_scope("best CRM?", vector, follow_up=False)
    assert first != likeliest_scope("best CRM?", vector, follow_up=True)
    assert (vector == before).all()


def flags(text: str, *, follow_up: bool = False) -> set[str]:
    return {name for name, up in zip(FEATURES, features(text, follow_up=follow_up), strict=True) if up}


def test_flags_tell_countries_from_pronouns_and_from_northern_ireland() -> None:
    assert "states" not in flags("does it apply to us")
    assert "states" in flags("does it apply in the US")
    assert "abroad" not in flags("thresholds in Northern Ireland")
    assert "abroad" in flags("thresholds in Ireland")


def test_flags_know_a_follow_up_a_short_question_and_a_bare_one() -> None:
    assert {"follow_up", "short", "bare"} <= flags("who knows?", follow_up=True)
    assert not {"follow_up", "short", "bare", "long"} & flags("may we extend the contract by a year")
    assert "long" in flags("word " * 26)


def test_the_lowest_threshold_that_flags_few_enough_is_chosen() -> None:
    labels = np.array([0] * 100 + [1, 2, 3, 4, 5])
    found = np.zeros((105, len(KINDS)))
    found[:, 0] = 0.9
    found[:2, 0], found[:2, 1] = 0.2, 0.8
    found[[100, 101, 102, 103, 104], [1, 2, 3, 4, 5]] = 0.95
    found[100:, 0] = 0.05
    chosen = choose_thresholds(curve_of(found, labels))
    assert chosen["product_advice"] == pytest.approx(0.81)
    assert chosen["other_topic"] == pytest.approx(0.7)


def test_there_are_enough_questions_of_each_kind_and_none_twice() -> None:
    questions = read_questions()
    counts = {kind: sum(each.kind == kind for each in questions) for kind in KINDS}
    assert counts.pop(IN_SCOPE) >= 500
    assert min(counts.values()) >= 80
    assert len({each.question.casefold() for each in questions}) == len(questions)
    assert 0.28 < sum(each.held_out for each in questions) / len(questions) < 0.38


def test_no_question_repeats_a_case() -> None:
    cases = [text.casefold() for case in read_cases() for text in (case.question, *case.history)]
    ours = [each.question.casefold() for each in read_questions()]
    closest = process.cdist(ours, cases, scorer=fuzz.ratio, score_cutoff=80).max(axis=1)
    assert [question for question, ratio in zip(ours, closest, strict=True) if ratio >= 80] == []
