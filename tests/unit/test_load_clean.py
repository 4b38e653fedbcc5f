"""Text that reaches a passage: cleaned, flattened, put into rows and sections."""

import pytest

from assistant.errors import LoadError
from ingest.document import BlockKind
from ingest.load.clean import clean, word_count
from ingest.load.decode import decode
from ingest.load.furniture import is_date, is_furniture, is_pager, is_share_bar
from ingest.load.lists import flatten
from ingest.load.sections import SectionBuilder
from ingest.load.tables import table_rows
from ingest.load.templates import drop_template_markup


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  two\u00a0 spaces\n and\ta tab ", "two spaces and a tab"),
        ("e\ufb03cient \ufb01nal \ufb05", "efficient final st"),
        ("pro\u00adcure\u00adment", "procurement"),
        ("zero\u200bwidth\ufeff joined", "zerowidth joined"),
        ("left\u202eright\u2066\u2069", "leftright"),
        ("bell\x07 null\x00 escape\x1b[31m", "bell null escape[31m"),
        ("hidden\U000e0041\U000e0042 tags", "hidden tags"),
        ("lone \ud800surrogate \uf0b7private", "lone surrogate private"),
        ("cafe\u0301", "caf\u00e9"),
    ],
)
def test_clean_removes_what_no_reader_sees(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@pytest.mark.parametrize("text", ["½ of £213,477", "10 m² and 10⁶", "Product™ № 5", "“quoted” – it’s so…", "naïve Ω"])
def test_clean_keeps_meaning(text: str) -> None:
    assert clean(text) == text


def test_words_are_not_numbers() -> None:
    assert word_count("Lot 1: £213,477 for 24 months") == 3


def test_nested_items_carry_a_short_lead_in() -> None:
    items = [
        (0, "agree the price"),
        (0, "agree policies for:"),
        (1, "marking"),
        (1, "staff:"),
        (2, "leavers"),
        (0, "test"),
    ]
    assert flatten(items) == (
        "agree the price",
        "agree policies for: marking",
        "agree policies for: staff: leavers",
        "test",
    )


def test_a_long_or_open_parent_stays_an_item() -> None:
    long = "word " * 30 + "as follows:"
    assert flatten([(0, long), (1, "one")]) == (long, "one")
    assert flatten([(0, "buy early"), (1, "one")]) == ("buy early", "one")


def test_table_rows_name_row_and_column() -> None:
    rows = table_rows(["Body", "Goods", "Works"], [["Central", "£1", ""], ["", "£2", "£3"], ["", "", ""]])
    assert rows == ("Central: Goods £1", "Goods £2; Works £3")


def test_a_row_head_without_letters_gets_its_column_head() -> None:
    assert table_rows(["Criterion", "Weight"], [["1", "40"]]) == ("Criterion 1: Weight 40",)
    assert table_rows((), [["Central", "£1", "£2"]]) == ("Central: £1; £2",)


def test_sections_follow_rank_and_page() -> None:
    builder = SectionBuilder()
    builder.turn_to(1)
    builder.paragraph("before")
    builder.heading(1, "A")
    builder.heading(3, "A.1")
    builder.add(BlockKind.LIST, ["x", " "])
    builder.turn_to(2)
    builder.paragraph("y")
    builder.heading(2, "A.2")
    builder.add(BlockKind.TABLE, [])
    builder.heading(1, "B")
    builder.paragraph("z")
    found = [(section.heading_path, section.page, section.blocks[0].items) for section in builder.finish()]
    assert found == [((), 1, ("before",)), (("A", "A.1"), 1, ("x",)), (("A", "A.1"), 2, ("y",)), (("B",), 2, ("z",))]


@pytest.mark.parametrize(
    "line",
    [
        "LinkedInTwitterFacebook",
        "Login Join us now",
        "LoginRegister",
        "Read more",
        "Share this page",
        "Back To Home Page",
        "Already a Member?",
        "You are viewing 1 of 2 articles without an email address.",
        "Want to stay up to date? Sign up to our daily bulletin.",
        "Have you got a story to tell? If so, click here.",
        "We use some essential cookies to make this website work.",
        "Next: Budgeting and overseeing tech projects",
        "Download this guide as a printable pdf",
    ],
)
def test_furniture_is_recognised(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "Register",
        "Search",
        "Contact",
        "Print",
        "The council should share the exit plan with the supplier.",
        "Officers register each contract within 30 days.",
        "Suppliers sign up to the framework terms.",
        "Next, use the Digital Marketplace to search for services.",
        "Back to back contracts need care.",
        "Cookies",
    ],
)
def test_guidance_is_no_furniture(line: str) -> None:
    assert not is_furniture(line)


def test_share_bars_pagers_and_dates() -> None:
    assert is_share_bar("Share on LinkedIn or Twitter")
    assert not is_share_bar("Login")
    assert is_pager("Previous page: Introduction")
    assert [
        is_date(line) for line in ("11.07.17", "17 January 2017", "March 2024", "In March 2024", "May contain")
    ] == [
        *(True, True, True),
        *(False, False),
    ]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("£5 “ok”".encode(), "£5 “ok”"),
        (b"\xef\xbb\xbf" + "£5".encode(), "£5"),
        ("£5".encode("utf-16"), "£5"),
        ("£5".encode("utf-32"), "£5"),
        (b"a\r\nb\rc", "a\nb\nc"),
    ],
)
def test_decoding_without_a_guess_gives_no_warning(data: bytes, text: str) -> None:
    assert decode("a.txt", data) == (text, ())


def test_a_guessed_encoding_is_told() -> None:
    decoded = decode("a.txt", "£5 “ok”".encode("cp1252"))
    assert decoded.text == "£5 “ok”"
    assert len(decoded.warnings) == 1
    assert "Windows-1252" in decoded.warnings[0]


def test_a_declared_encoding_is_believed() -> None:
    assert decode("a.html", "Łódź".encode("iso-8859-2"), "iso-8859-2") == ("Łódź", ())
    assert decode("a.html", "£".encode("cp1252"), "no-such-encoding").text == "£"


@pytest.mark.parametrize("data", [b"abc\x00def", bytes(range(256)) * 4, b"\xff\xfeabc"])
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(LoadError, match=r"^a\.txt: .*\. .*\.$"):
        decode("a.txt", data)


def test_template_markup_goes() -> None:
    text = "a{% if x %}b{% endif %}{# note #}{{ c }}{% comment %}d{% endcomment %}e {% open"
    assert drop_template_markup(text) == "abe {% open"


def test_template_markup_costs_linear_time() -> None:
    assert drop_template_markup("{%" * 500_000) == "{%" * 500_000
