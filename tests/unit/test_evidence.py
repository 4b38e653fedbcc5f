import json
from datetime import date
from importlib.resources import files

import pytest
from index_builder import build_index, make_source

from assistant.adapters.memory import HashEmbedder
from assistant.evidence import clarify, judge, says_too_little
from assistant.index import Index
from assistant.query import understand
from assistant.retrieve import retrieve
from assistant.settings import AssistantSettings
from assistant.silence import MARGIN, NOTHING_SAID, says_not_held, silence
from assistant.types import Question, Retrieval, Turn

INDEX = build_index(
    [make_source("notice"), make_source("data")],
    {
        "notice": {
            "When a pipeline notice is due": [
                "The pipeline notice is published by 26 May. The exceptions to the pipeline notice are not held in this collection."
            ]
        },
        "data": {"Return of data": ["Suppliers return the council's data free of charge within 30 days."]},
    },
)


def search(text: str, index: Index = INDEX) -> tuple[Question, Retrieval]:
    question = understand(text, index)
    vectors = HashEmbedder().embed_queries([query.text for query in question.queries])
    return question, retrieve(question, vectors, index, today=date(2026, 11, 22))


def test_what_the_guidance_speaks_of_is_likelier_answered_than_what_it_does_not() -> None:
    spoken = judge(*search("Do suppliers return data free of charge?")).probability
    unspoken = judge(*search("Are zebras eaten by lions?")).probability
    assert 0 <= unspoken < spoken <= 1


def test_no_hits_are_no_evidence() -> None:
    question, _ = search("Do suppliers return data?")
    evidence = judge(question, Retrieval(hits=(), rejected=()))
    assert (evidence.probability, evidence.suffices(0.01)) == (0.0, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The exceptions to the notice are not held in this collection.", True),
        ("Whether it still runs is not known from the sources in this collection.", True),
        ("No guide was found, so none is held in this collection.", True),
        ("The notice is not held back by the council.", False),
        ("Data is held in this country.", False),
    ],
)
def test_a_sentence_that_says_that_something_is_not_held_is_known(text: str, said: bool) -> None:
    assert says_not_held(text) is said


def test_silence_is_high_only_where_what_is_not_held_was_asked_for() -> None:
    _, asked = search("What are the exceptions to the pipeline notice?")
    _, other = search("Do suppliers return data free of charge within 30 days?")
    assert silence(asked.hits) > -MARGIN
    assert silence(other.hits) == NOTHING_SAID


def test_what_is_said_not_to_be_held_lowers_the_evidence_and_is_still_shown() -> None:
    evidence = judge(*search("What are the exceptions to the pipeline notice?"))
    assert evidence.probability < evidence.topical
    threshold = (evidence.probability + evidence.topical) / 2
    assert evidence.suffices(threshold)
    assert not evidence.suffices(1.0)


def test_a_number_that_was_asked_for_and_is_not_there_counts_against_an_answer() -> None:
    held = judge(*search("How many days do suppliers have to return data?")).signals
    index = build_index([make_source("data")], {"data": {"Data": ["Suppliers return the council's data."]}})
    missing = judge(*search("How many days do suppliers have to return data?", index)).signals
    assert (held["number_missing"], missing["number_missing"]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("notice", True),
        ("can we do it?", True),
        ("what about data", True),
        ("what's a DPS", False),
        ("is £30,000 right", False),
        ("When is the pipeline notice due?", False),
    ],
)
def test_a_question_of_one_everyday_word_says_too_little(text: str, vague: bool) -> None:
    assert says_too_little(understand(text, INDEX)) is vague


def test_a_follow_up_says_enough() -> None:
    assert not says_too_little(understand("and the notice?", INDEX, [Turn(question="When is it due?")]))


def test_what_a_vague_question_may_mean_is_asked_back_from_the_headings_that_are_near() -> None:
    assert clarify(search("pipeline notice")[1])[0] == "When a pipeline notice is due"
    assert clarify(Retrieval(hits=(), rejected=())) == []


def test_the_shipped_threshold_is_the_one_that_its_curve_chose() -> None:
    model = json.loads(files("assistant").joinpath("evidence.json").read_text(encoding="utf-8"))
    assert AssistantSettings.model_fields["evidence_threshold"].default == model["threshold"]
