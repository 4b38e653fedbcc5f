"""What is suggested can be answered: by the shipped corpus, as it is served."""

from api.suggestions import OPENING_QUESTIONS, SHOWN, Suggestions
from assistant.next_questions import as_question
from assistant.types import AnswerStatus

ANSWERED = {AnswerStatus.ANSWERED, AnswerStatus.PARTIAL}


def test_the_opening_questions_are_answered(assistant):
    suggested = Suggestions().of(assistant)
    assert len(suggested) == SHOWN
    assert all(assistant.ask(question).status is AnswerStatus.ANSWERED for question in suggested)
    assert [each for each in OPENING_QUESTIONS if assistant.ask(each).status is not AnswerStatus.ANSWERED] == []


def test_every_heading_that_may_come_up_as_a_next_question_is_answered_from_its_own_section(assistant):
    headings = dict.fromkeys(passage.heading_path[-1] for passage in assistant.index.passages if passage.heading_path)
    questions = {heading: question for heading in headings if (question := as_question(heading))}
    assert len(questions) > 50
    answers = {heading: assistant.ask(question) for heading, question in questions.items()}
    assert [heading for heading, answer in answers.items() if answer.status not in ANSWERED] == []
    own = [
        heading
        for heading, answer in answers.items()
        if heading in {each.heading_path[-1] for each in answer.citations}
    ]
    assert len(own) >= 0.95 * len(questions)


def test_next_questions_come_up_and_lead_on(assistant):
    for question in OPENING_QUESTIONS[:3]:
        for following in assistant.ask(question).next_questions:
            assert assistant.ask(following).status in ANSWERED
    assert any(assistant.ask(question).next_questions for question in OPENING_QUESTIONS)
