"""The file note: what it says, in each format, whatever the text holds."""

import base64
import hashlib
import io
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from zipfile import ZipFile

import docx
import pytest
from docx.enum.text import WD_COLOR_INDEX
from file_note_snapshots import HOSTILE, LIST_QUOTE, QUOTE, TEXT, make_snapshot
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from api.file_note.docx import to_docx
from api.file_note.html import POLICY, to_html
from api.file_note.markdown import escape, fenced, quotation, to_markdown
from api.file_note.note import marked, note_of, visible
from api.section_view import Piece

# What people and documents may hold, with everything that Markdown takes for markup.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("*_`[]()<>!#&\\|~-+.:/@\n \"'“”=0123456789ab"),
        st.characters(codec="utf-8", exclude_characters="\0"),
    )
)

# The machine that tests run on is shared.
UNHURRIED = settings(deadline=None)


def tokens(markdown: str) -> list[Token]:
    found = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    return [each for token in found for each in (token, *(token.children or []))]


def plain(markdown: str) -> str:
    """The text that a reader of the rendered Markdown sees."""
    return "".join(
        "\n" if token.type in {"softbreak", "hardbreak"} else token.content
        for token in tokens(markdown)
        if token.type
        in {"text", "softbreak", "hardbreak", "code_inline", "html_inline", "fence", "code_block", "html_block"}
    )


def folded(text: str) -> list[str]:
    return text.split()


class Document(HTMLParser):
    """The tags of a document, and the text of each element of some kinds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {
            "blockquote": [],
            "mark": [],
            "td": [],
            "th": [],
            "style": [],
            "h1": [],
            "li": [],
        }
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag in self.texts:
            self._open.append(tag)
            self.texts[tag].append("")

    def handle_endtag(self, tag):
        if tag in self.texts:
            assert self._open.pop() == tag

    def handle_data(self, data):
        for tag in self._open:
            self.texts[tag][-1] += data


def word_text(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


FORMATS = {
    "markdown": lambda note: plain(to_markdown(note)),
    "html": lambda note: "".join(re.sub(r"<style>.*?</style>", "", to_html(note), flags=re.DOTALL).split("\n")),
    "docx": lambda note: word_text(to_docx(note)),
}


@pytest.mark.parametrize("form", FORMATS)
def test_everything_that_an_auditor_needs_is_there(form):
    text = " ".join(FORMATS[form](note_of(make_snapshot())).split())
    for words in [
        "Can a supplier charge?",
        "1 July 2026, 08:30:05 UTC",
        "1 July 2026, 09:30:05 BST",
        QUOTE,
        "Ask early.",
        "Older or replaced guidance",
        "“Data wording” is superseded.",
        "Data wording",
        "LOTI",
        "November 2020",
        "Superseded",
        "England, Wales",
        "Our summary",
        "2027-05-31",
        "https://loti.london/data",
        hashlib.sha256(TEXT.encode()).hexdigest(),
        "build-1",
        "a" * 32,
        "quote_words",
        "120",
        "none: every statement is a quote",
        "no legal advice",
        "Every quote was found in its passage",
        "Every passage had its hash",
    ]:
        assert words in text, words


def test_times_are_those_of_the_united_kingdom():
    winter = make_snapshot(asked_at=datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    assert dict(note_of(winter).facts)["UK time"] == "1 December 2026, 08:00:00 GMT"


def test_grave_notices_come_first():
    assert [lead for lead, _ in note_of(make_snapshot()).notices] == ["Older or replaced guidance", "Summary"]


def test_what_was_altered_is_said():
    tampered = note_of(make_snapshot(quotes=("A supplier may charge.",), sha256="0" * 64))
    assert tampered.checks == (
        "NOT AS IT SHOULD BE: these quotes do not stand in their passages: [1].",
        "NOT AS IT SHOULD BE: the text of these passages does not have its hash: loti-data:0.",
    )
    assert all("NOT AS IT SHOULD BE" in FORMATS[form](tampered) for form in FORMATS)


def test_the_model_that_took_part_is_named():
    facts = dict(note_of(make_snapshot(model="openai:gpt-x", prompt_sha256="f" * 64)).facts)
    assert facts["Language model"] == "openai:gpt-x"
    assert facts["SHA-256 of its instructions"] == "f" * 64


def test_a_model_s_sentences_are_told_apart_from_quotes():
    answer = {"statements": [{"text": "Suppliers may not charge.", "kind": "verified", "citations": [1]}]}
    note = note_of(make_snapshot(answer=answer, model="openai:gpt-x"))
    for form in FORMATS.values():
        assert "were put into words by the language model" in form(note)
        assert "“Suppliers may not charge.”" not in form(note)
        assert "were put into words" not in form(note_of(make_snapshot()))


def test_an_answer_without_quotes_has_a_note_too():
    answer = {
        "status": "unanswerable",
        "statements": [],
        "citations": [],
        "notices": [],
        "suggestion": "I can't answer that.",
    }
    note = note_of(make_snapshot(answer=answer, passages=[], sources=[]))
    assert note.heading == "Not answered"
    for form in FORMATS.values():
        assert "I can" in form(note)
        assert "None." in form(note)


@pytest.mark.parametrize(
    ("quotes", "expected"),
    [
        ([], [("abcdef", False)]),
        (["cd"], [("ab", False), ("cd", True), ("ef", False)]),
        (["abc", "cde"], [("abcde", True), ("f", False)]),
        (["ab", "cd"], [("abcd", True), ("ef", False)]),
        (["abcdef"], [("abcdef", True)]),
        (["x", ""], [("abcdef", False)]),
    ],
)
def test_quotes_are_marked_where_they_stand(quotes, expected):
    assert [(piece.text, piece.marked) for piece in marked("abcdef", quotes)] == expected


def test_nothing_hides_in_a_question():
    assert visible("a\u202eb\u200bc\x1b[31m\x00\r\nd\te") == "a\ufffdb\ufffdc\ufffd[31m\ufffd\nd\te"


def test_markdown_marks_the_quote_and_gives_the_exact_text():
    markdown = to_markdown(note_of(make_snapshot(quotes=(QUOTE, LIST_QUOTE))))
    [fence] = [token for token in tokens(markdown) if token.type == "fence"]
    assert fence.content == TEXT + "\n"
    assert f"**{escape(QUOTE)}**" in markdown
    assert "**\\- open formats**" in markdown


@UNHURRIED
@given(TEXTS)
def test_markdown_shows_any_text_as_it_is(text):
    shown = escape(text).strip()
    assert folded(plain(shown)) == folded(text.replace("\0", "\ufffd"))
    assert {token.type for token in tokens(shown)} <= {
        "paragraph_open",
        "inline",
        "text",
        "text_special",
        "paragraph_close",
    }


@UNHURRIED
@given(TEXTS, TEXTS, TEXTS)
def test_a_quotation_keeps_text_and_lines(before, quote, after):
    pieces = [Piece(text=before, marked=False), Piece(text=quote, marked=True), Piece(text=after, marked=False)]
    rendered = "\n".join(quotation(pieces))
    whole = (before + quote + after).replace("\0", "\ufffd")
    assert folded(plain(rendered)) == folded(whole)
    allowed = {
        "blockquote_open",
        "blockquote_close",
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "hardbreak",
    }
    assert {token.type for token in tokens(rendered)} <= allowed | {"strong_open", "strong_close", "text_special"}


@UNHURRIED
@given(TEXTS)
def test_a_code_block_holds_any_text_byte_for_byte(text):
    text = re.sub(r"\r\n?|\0", "\n", text)
    [fence] = [token for token in tokens(fenced(text)) if token.type == "fence"]
    assert fence.content == text + "\n"


def hostile_note():
    source = {
        "title": HOSTILE,
        "publisher": HOSTILE,
        "url": "javascript:alert(1)",
        "superseded_note": HOSTILE,
        "licence": HOSTILE,
    }
    answer = {"notices": [{"kind": "conflict", "text": HOSTILE, "source_ids": []}], "suggestion": HOSTILE}
    return note_of(
        make_snapshot(
            text=HOSTILE, quotes=(HOSTILE,), question=HOSTILE, source=source, answer=answer, settings={HOSTILE: HOSTILE}
        )
    )


def test_hostile_text_is_text_in_markdown():
    kinds = {token.type for token in tokens(to_markdown(hostile_note()))}
    assert not kinds & {
        "link_open",
        "html_inline",
        "html_block",
        "image",
        "code_inline",
        "em_open",
        "s_open",
        "table_open",
    }


def test_hostile_text_is_text_in_html():
    html = to_html(hostile_note())
    document = Document(html)
    kinds = {tag for tag, _ in document.tags}
    assert not kinds & {"script", "img", "b", "em", "a", "link", "iframe"}
    assert document.texts["blockquote"] == [HOSTILE, HOSTILE]


def test_hostile_text_is_text_in_word():
    data = to_docx(hostile_note())
    assert HOSTILE in word_text(data)
    with ZipFile(io.BytesIO(data)) as parts:
        assert "hyperlink" not in parts.read("word/document.xml").decode()


@pytest.mark.parametrize("url", ["https://loti.london/a b", "https://loti.london/<b>", "data:text/html,x", None])
def test_only_a_web_address_is_a_link(url):
    note = note_of(make_snapshot(source={"url": url}))
    assert "link_open" not in {token.type for token in tokens(to_markdown(note))}


def test_a_web_address_is_a_link():
    note = note_of(make_snapshot())
    [link] = [token for token in tokens(to_markdown(note)) if token.type == "link_open"]
    assert link.attrs["href"] == "https://loti.london/data"
    assert [attributes["href"] for tag, attributes in Document(to_html(note)).tags if tag == "a"] == [
        link.attrs["href"]
    ]


def test_html_stands_alone_and_its_policy_allows_its_one_style():
    html = to_html(note_of(make_snapshot()))
    document = Document(html)
    [style] = document.texts["style"]
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in POLICY
    assert {"http-equiv": "Content-Security-Policy", "content": POLICY} in [found for _, found in document.tags]
    assert "url(" not in style
    assert "@import" not in style
    assert not [found for _, found in document.tags if "src" in found or any(name.startswith("on") for name in found)]
    assert document.tags[0] == ("html", {"lang": "en-GB"})


def test_a_passage_in_html_is_exactly_what_was_hashed():
    snapshot = make_snapshot(quotes=(LIST_QUOTE,))
    document = Document(to_html(note_of(snapshot)))
    assert hashlib.sha256(document.texts["blockquote"][1].encode()).hexdigest() == snapshot.passages[0].sha256
    assert document.texts["mark"] == [LIST_QUOTE]


def test_word_has_headings_tables_properties_and_language():
    document = docx.Document(io.BytesIO(to_docx(note_of(make_snapshot()))))
    headings = [(each.style.name, each.text) for each in document.paragraphs if each.style.name.startswith("Heading")]
    assert headings == [
        ("Heading 1", "Record of an answer about buying technology"),
        ("Heading 2", "Question"),
        ("Heading 2", "Answer"),
        ("Heading 2", "Passages quoted"),
        ("Heading 3", "Passage of quote [1]"),
        ("Heading 2", "Sources"),
        ("Heading 2", "Settings"),
        ("Heading 2", "How to check this record"),
    ]
    sources, settings = document.tables
    assert [cell.text for cell in sources.rows[0].cells] == [
        "Source",
        "Publisher",
        "Published",
        "Status",
        "Address",
        "More",
    ]
    assert sources.rows[1].cells[0].text == "Data wording"
    assert [[cell.text for cell in row.cells] for row in settings.rows][2] == ["quote_words", "120"]
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in document.tables)
    properties = document.core_properties
    assert (properties.title, properties.language, properties.comments) == (headings[0][1], "en-GB", "")
    assert properties.author == properties.last_modified_by == "Procurement guidance assistant"
    assert properties.created == datetime(2026, 7, 1, 8, 30, 5, tzinfo=properties.created.tzinfo)
    assert set(re.findall(r'<w:lang w:val="([^"]+)"', document.styles.element.xml)) == {"en-GB"}


def test_word_marks_the_quote_in_its_passage():
    document = docx.Document(io.BytesIO(to_docx(note_of(make_snapshot(quotes=(LIST_QUOTE,))))))
    [passage] = [each for each in document.paragraphs if each.text == TEXT]
    assert [run.text for run in passage.runs if run.font.highlight_color == WD_COLOR_INDEX.YELLOW and run.bold] == [
        LIST_QUOTE
    ]


@settings(parent=UNHURRIED, max_examples=25)
@given(TEXTS)
def test_any_text_makes_a_document(text):
    note = note_of(make_snapshot(text=text or "x", quotes=(text or "x",), question=text, source={"title": text}))
    assert to_docx(note).startswith(b"PK")
    assert to_html(note)
    assert to_markdown(note)
