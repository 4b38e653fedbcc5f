import pytest

from assistant.errors import QuestionError
from assistant.query import LONGEST_QUESTION, clean, understand
from assistant.types import Turn

KNOWN = dict.fromkeys(["threshold", "servic", "supplier", "council", "notic"], 1.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "question-empty"),
        (" \t\n", "question-empty"),
        ("\u200b\u202e\ufeff", "question-empty"),
        ("why " * 2500, "question-too-long"),
        ("🙂🙂🙂", "question-without-words"),
        ("207,720?!", "question-without-words"),
        ("Quel est le seuil pour les marchés publics de services ?", "question-not-english"),
        ("Was ist die Schwelle für Dienstleistungen im Vergaberecht?", "question-not-english"),
        ("¿Cuál es el umbral para los contratos de servicios?", "question-not-english"),
        ("Beth yw'r trothwy ar gyfer nwyddau a gwasanaethau?", "question-not-english"),
        ("порог для услуг", "question-not-english"),
        ("服务门槛是多少", "question-not-english"),
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
