import pytest
from index_builder import build_index, make_source

from assistant.adapters.memory import HashEmbedder
from assistant.answer import Assistant
from assistant.next_questions import MOST, as_question

TEXTS = {
    "lga-a": {
        "Charges for data": ["A supplier may not charge the council for its own data on exit."],
        "Who owns the data in a council system": ["The council owns the data that a supplier holds in its system."],
        "When must a supplier return data": ["A supplier must return the data of the council within a month."],
        "How current the data guidance is": ["The data guidance for suppliers is current."],
        "Can a supplier keep data": ["A supplier may keep no data of the council after exit."],
        "Does a supplier own data? The 2025 view": ["A supplier does not own the data of a council, in the 2025 view."],
    }
}


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("When must a contract have KPIs", "When must a contract have KPIs?"),
        ("Does PPN 017 apply to councils?", "Does PPN 017 apply to councils?"),
        ("Does procurement encourage innovation? The 5% figure", "Does procurement encourage innovation?"),
        ("When did the Act start: 24 February 2025", "When did the Act start?"),
        ("Which suppliers count as strategic", "Which suppliers count as strategic?"),
        ("How much council spending could be reserved", "How much council spending could be reserved?"),
        ("What counts as local", "What counts as local?"),
    ],
)
def test_a_heading_that_asks_is_a_question(heading, question):
    assert as_question(heading) == question


@pytest.mark.parametrize(
    "heading",
    [
        "How current the guidance is",
        "What a contract performance notice is for",
        "What the Local Digital Declaration is and who signed it",
        "How often councils should report",
        "Which procurements the 2026 thresholds apply to",
        "What is not held on modern slavery statements",
        "Three tests before buying AI",
        "Cannot be done",
        "",
    ],
)
def test_any_other_heading_is_none(heading):
    assert as_question(heading) is None


def ask(question, **settings):
    index = build_index([make_source("lga-a")], TEXTS)
    return Assistant(index, HashEmbedder(), evidence_threshold=0.0, quote_words=20, **settings).ask(question)


def test_next_questions_are_headings_of_what_was_found_but_not_quoted():
    answer = ask("May a supplier charge the council for its own data on exit?")
    quoted = {citation.heading_path[-1] for citation in answer.citations}
    assert 0 < len(answer.next_questions) <= MOST
    assert set(answer.next_questions) <= {as_question(heading) for heading in TEXTS["lga-a"] if heading not in quoted}
    assert len(set(answer.next_questions)) == len(answer.next_questions)


def test_what_was_asked_is_not_asked_again():
    answer = ask("can a supplier keep data")
    assert "Can a supplier keep data?" not in answer.next_questions


def test_an_answer_that_is_none_leads_nowhere():
    index = build_index([make_source("lga-a")], TEXTS)
    unsure = Assistant(index, HashEmbedder(), evidence_threshold=1.0, quote_words=20)
    assert unsure.ask("May a supplier charge for data?").next_questions == ()
