import personal_data_maker
import procurement_questions
import pytest

from assistant.guard import inspect
from assistant.query import clean
from assistant.types import AnswerStatus
from evals.cases import read_cases


@pytest.mark.parametrize("kind", personal_data_maker.MAKERS)
def test_at_least_95_percent_of_made_up_personal_data_is_found(kind: str) -> None:
    asked = personal_data_maker.make(kind, 200, seed=11)
    missed = [text for text in asked if inspect(clean(text)) is None]
    assert len(missed) <= 0.05 * len(asked), missed


def test_at_most_1_percent_of_questions_full_of_figures_is_refused() -> None:
    asked = procurement_questions.make(300, seed=11)
    refused = [(text, found.kind) for text in asked if (found := inspect(clean(text)))]
    assert len(refused) <= 3, refused


def test_of_the_cases_only_those_tagged_personal_data_are_refused() -> None:
    for case in read_cases():
        found = inspect(clean(case.question))
        if "personal-data" not in case.tags:
            assert found is None, (case.question, found)
        elif case.status == (AnswerStatus.PERSONAL_DATA,):
            assert found is not None, case.question


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ask priya (dot) nair [at] example [dot] com about it", "email_address"),
        ("info@gmail.com is our contact", "email_address"),
        ("procurement.jane@council.example wants to know", "email_address"),
        ("ring me on 07 7 00 900 123", "phone_number"),
        ("my number is 07911\u2011123\u2011456", "phone_number"),
        ("call 020 7946 0018 about contract 42", "phone_number"),
        ("phone: 7911 123456", "phone_number"),
        ("AB123456C is on the payroll of the supplier", "ni_number"),
        ("ni number ab 12 34 56 c", "ni_number"),
        ("patient id 9434765919 in the test data", "nhs_number"),
        ("943 476 5919", "nhs_number"),
        ("paid with 4111 1111 1111 1111", "payment_card"),
        ("paid by amex 378282246310005", "payment_card"),
        ("card number 4111111111111112", "payment_card"),
        ("IBAN GB82 WEST 1234 5698 7654 32 and a note", "bank_account"),
        ("acc no. 12345678", "bank_account"),
        ("dob 1/2/84", "date_of_birth"),
        ("passport no 123456789", "identity_document"),
        ("licence MORGA753116SM9IJ of the driver", "identity_document"),
        ("Mrs Patel, who was treated for cancer", "health"),
    ],
)
def test_odd_forms_are_found(text: str, kind: str) -> None:
    found = inspect(clean(text))
    assert found is not None
    assert (found.status, found.kind) == (AnswerStatus.PERSONAL_DATA, kind)


@pytest.mark.parametrize(
    "text",
    [
        # A wrong check digit, and a number that the network does not issue.
        "943 476 5918",
        "4111 1111 1111 1112",
        "9111 1111 1111 1118",
        # The same shape behind a word for references.
        "contract ref 07911 123456",
        "order AB123456C",
        # Prefixes that HMRC never issues.
        "BG123456A",
        "GB123456A",
        # Mailboxes of an office.
        "write to procurement@council.example",
        "IT.Helpdesk@north.gov.uk",
        # Firms are named after people.
        "Are Smith & Sons excluded?",
        "2025/S 000-012345",
        "999999999999999999999999",
    ],
)
def test_what_only_looks_like_it_passes(text: str) -> None:
    assert inspect(clean(text)) is None


def test_the_message_names_the_kinds_and_repeats_nothing() -> None:
    found = inspect("Jo is at jo.bloggs@example.com, 07911 123456, born 3 May 1980")
    assert found is not None
    assert found.message.startswith(
        "The question seems to hold an e-mail address, a date of birth and a telephone number, "
    )
    assert not any(part in found.message for part in ("jo", "example", "07911", "1980"))
    assert "ask again without" in found.message


@pytest.mark.parametrize("text", ["Contact Jane Smith,07700 900123 about it", "call 07700900123/07700900124"])
def test_a_number_in_a_pasted_row_is_found(text: str) -> None:
    assert inspect(clean(text)) is not None
