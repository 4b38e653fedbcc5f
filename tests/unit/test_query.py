from dataclasses import replace

import pytest
from index_builder import build_index, make_source

from assistant.currency import Term, TermKind
from assistant.errors import QuestionError
from assistant.query import LONGEST_QUESTION, clean, split, understand
from assistant.types import Turn

PASSAGE = "The threshold for services is high. A supplier sends the council a notice."
KNOWN = replace(
    build_index([make_source("one")], {"one": {"H": [PASSAGE]}}),
    words=dict.fromkeys(["threshold", "services", "supplier", "council", "notice"], 1),
    english=frozenset(["need", "pipeline", "contracts", "bins", "include"]),
    terms=(Term(term="DPS", kind=TermKind.CHANGED, now=("dynamic market",), note="Changed."),),
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "question-empty"),
        (" \t\n", "question-empty"),
        ("\u200b\u202e\ufeff", "question-empty"),
        ("why " * 2500, "question-too-long"),
        ("🙂🙂🙂", "question-without-words"),
        ("207,720?!", "question-without-words"),
    ],
)
def test_a_question_that_cannot_be_used_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(QuestionError) as raised:
        understand(text, KNOWN)
    assert raised.value.code == code
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "Quel est le seuil pour les marchés publics de services ?",
        "Was ist die Schwelle für Dienstleistungen im Vergaberecht?",
        "¿Cuál es el umbral para los contratos de servicios?",
        "Beth yw'r trothwy ar gyfer nwyddau a gwasanaethau?",
        "порог для услуг",
        "服务门槛是多少",
    ],
)
def test_another_language_is_told(text: str) -> None:
    assert not understand(text, KNOWN).in_english
    assert understand("Who may reserve a contract for local suppliers?", KNOWN).in_english


@pytest.mark.parametrize(
    "text",
    [
        "threshold",
        "DPS?",
        "wat iz teh thresold for gods and servises",
        "RM6259 VAS lot 3 call-off",
        "Capita vs Civica vs NEC?",
        "Does Aberystwyth council need a pipeline notice for Cyngor contracts",
        "x" * LONGEST_QUESTION,
    ],
)
def test_jargon_names_and_typing_errors_are_english_enough(text: str) -> None:
    assert understand(text, KNOWN).text == text


def test_hidden_characters_and_lookalike_forms_are_cleaned() -> None:
    assert clean("the\u200b thresh\u00adold\u202e\x00\n for ﬁrms １２\U000e0041") == "the threshold for firms 12"


def test_a_first_question_makes_one_query() -> None:
    question = understand("What is the services threshold?", KNOWN)
    assert [query.text for query in question.queries] == ["What is the services threshold?"]
    assert question.terms == ("servic", "threshold")


def test_a_follow_up_is_also_looked_for_with_what_was_asked_and_answered_before() -> None:
    turns = [
        Turn(question="Who are you?"),
        Turn(question="What is the services threshold?", answer="The threshold is £207,720."),
    ]
    queries = understand("And does that include VAT?", KNOWN, turns).queries
    assert [query.text for query in queries] == [
        "And does that include VAT?",
        "What is the services threshold? And does that include VAT?",
        "The threshold is £207,720.",
    ]
    assert queries[0].weight >= max(query.weight for query in queries[1:])


def test_a_changed_term_is_also_looked_for_under_its_name_of_today() -> None:
    queries = understand("Can we use a DPS for services?", KNOWN).queries
    assert [query.text for query in queries] == [
        "Can we use a DPS for services?",
        "dynamic market",
    ]
    assert [query.standing for query in queries] == [False, True]
    assert set(queries[1].terms) > set(queries[0].terms)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("thresold for servises", "threshold for services"),
        ("suplier notcie", "supplier notice"),
        ("THRESOLD", "threshold"),
        ("Thresold Ltd", "Thresold Ltd"),
        ("bins", "bins"),
        ("zebra council", "zebra council"),
    ],
)
def test_typing_errors_are_corrected_towards_the_words_of_the_corpus(text: str, expected: str) -> None:
    assert understand(text, KNOWN).queries[0].text == expected


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Is VAT included? What was it last year?", ["Is VAT included?", "What was it last year?"]),
        ("who built the tool and who paid for it", ["who built the tool", "who paid for it"]),
        ("Can they charge for data, and can we leave early?", ["Can they charge for data", "can we leave early?"]),
        ("What are the themes and enablers of the strategy?", None),
        ("we want to see demos and do a pilot, which procedure", None),
        ("Is it fair? Our leader wants one.", None),
        (f"Our {'long ' * 40}story. Who decides and who is asked?", None),
    ],
)
def test_several_questions_in_one_are_told_apart_and_a_story_is_not(text: str, parts: list[str] | None) -> None:
    assert split(text) == (parts or [text])


def test_what_a_part_leaves_out_the_part_before_it_says() -> None:
    question = understand("What is the services threshold, and does it include VAT?", KNOWN)
    assert [part.text for part in question.parts] == ["What is the services threshold", "does it include VAT?"]
    assert [query.text for query in question.parts[1].queries] == [
        "does it include VAT?",
        "What is the services threshold does it include VAT?",
    ]


def test_cyrillic_and_greek_letters_among_latin_ones_are_read_as_what_they_look_like() -> None:
    assert clean("thе thrеshоld of РPΝ 017") == "the threshold of PPN 017"
    assert clean("вопрос") == "вопрос"
