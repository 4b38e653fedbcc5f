"""Other people's real documents, added as a council would add them, and asked about."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import run_module
from pypdf import PdfReader
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from assistant.adapters.build_folder import read_current
from assistant.answer import Assistant
from assistant.assembly import open_assistant
from assistant.settings import AssistantSettings
from assistant.types import Answer, AnswerStatus, ContentKind, Filters

SAMPLES = {
    "seeds/000_34efa018154ea8a6.txt": ("How much does local government spend on IT per year?", "£2bn per year"),
    "seeds/001_5343151827322829.txt": (
        "How can councils earn money from suppliers of wireless equipment?",
        "concession contracts",
    ),
    "seeds/002_e49680cf5e852b69.txt": ("What share of tenders receive more than one bid?", "23%"),
    "seeds/003_8d76d09ce38b7a56.txt": (
        "Should one minister in every department be responsible for tech?",
        "One minister in every department",
    ),
    "seeds/004_f04caae466f7f236.txt": (
        "How many officials were interviewed, and from how many boroughs?",
        "30 officials from 12 London boroughs",
    ),
    "html/buyers-guide-g-cloud.html": ("How long can a G-Cloud contract last?", "24 months"),
    "html/framework-crown-hosting.html": ("What is the Crown Hosting Data Centres framework for?", "Crown Hosting"),
    "html/framework-digital-services.html": ("What is the Digital Services framework?", "Digital Services framework"),
    "html/framework-g-cloud.html": ("What can be bought on the G-Cloud framework?", "G-Cloud"),
    "html/suppliers-guide-g-cloud.html": ("How do suppliers apply to G-Cloud?", "appl"),
    "markdown/1-introduction.md": ("Why do large government software projects fail?", "software"),
    "markdown/2-basic-principles.md": ("What is modular contracting?", "odular contract"),
    "markdown/3-budgeting-tech.md": ("Why require demos, not memos?", "emo"),
    "markdown/4-questions-to-ask.md": ("Which questions should be asked about the product owner?", "roduct owner"),
    "markdown/qasp.md": ("What must be accessible under the quality assurance surveillance plan?", "ccessib"),
}


@pytest.fixture(scope="module")
def council(built_data: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The assistant over the shipped corpus and every sample, each added under a publisher of its own."""
    data = tmp_path_factory.mktemp("council") / "data"
    shutil.copytree(built_data, data)
    for place, name in enumerate(SAMPLES):
        done = run_module(
            data, "ingest", "add", str(shared / "samples" / name), "--publisher", f"Sample {place}", "--no-build"
        )
        assert done.returncode == 0, done.stderr
    done = run_module(data, "ingest", "build")
    assert done.returncode == 0, done.stderr
    assert f"{len(SAMPLES)} created, 0 updated, 132 unchanged" in done.stdout
    return open_assistant(AssistantSettings(data_dir=data))


def assert_verbatim(assistant: Assistant, answer: Answer) -> None:
    by_id = {passage.id: passage for passage in assistant.index.passages}
    assert answer.statements
    for statement in answer.statements:
        assert statement.citations
    for citation in answer.citations:
        assert citation.quote.encode() in by_id[citation.passage_id].text.encode()


@pytest.mark.parametrize("place", range(len(SAMPLES)), ids=[Path(name).name for name in SAMPLES])
def test_a_sample_that_is_asked_about_is_quoted_verbatim(council: Assistant, place: int) -> None:
    question, anchor = list(SAMPLES.values())[place]
    answer = council.ask(question, filters=Filters(publishers=(f"Sample {place}",)))
    assert answer.status is AnswerStatus.ANSWERED
    assert_verbatim(council, answer)
    assert all(citation.content is ContentKind.ORIGINAL for citation in answer.citations)
    assert anchor in " ".join(statement.text for statement in answer.statements)


@pytest.mark.parametrize(
    ("question", "anchor"),
    [
        ("What did the round-table in July say about a risk-averse culture?", "risk-averse culture"),
        (
            "Which two rounds of interviews with borough officials did PUBLIC conduct for LOTI?",
            "two rounds of interviews",
        ),
        ("What is user-centered design?", "ser-centered design"),
    ],
)
def test_added_documents_are_found_among_all_others(council: Assistant, question: str, anchor: str) -> None:
    answer = council.ask(question)
    assert_verbatim(council, answer)
    quoted = [citation for citation in answer.citations if citation.publisher.startswith("Sample")]
    assert any(anchor in citation.quote for citation in quoted)


def test_page_furniture_never_reaches_a_passage(council: Assistant) -> None:
    text = "\n".join(passage.text for passage in council.index.passages if passage.source_id.startswith("sample-"))
    for furniture in (
        "{%",
        "{{",
        "£30,130",
        "Login",
        "LinkedInTwitter",
        "Back To Home Page",
        "Sign up to our daily",
        "sidenav",
        "cookie",
    ):
        assert furniture not in text


def make_pdf(text: str, path: Path) -> int:
    """A PDF of several pages from plain text. Returns how many pages it has."""
    style = getSampleStyleSheet()["BodyText"]
    style.fontSize, style.leading = 16, 24
    SimpleDocTemplate(str(path), pagesize=A4).build(
        [Paragraph(line, style) for line in text.splitlines() if line.strip()]
    )
    return len(PdfReader(path).pages)


def test_a_pdf_is_quoted_with_the_page_on_which_the_quote_stands(own_data: Path, shared: Path, tmp_path: Path) -> None:
    seed = (shared / "samples" / "seeds" / "002_e49680cf5e852b69.txt").read_text(encoding="utf-8")
    file = tmp_path / "round-table.pdf"
    assert make_pdf(seed, file) > 2
    done = run_module(
        own_data,
        "ingest",
        "add",
        str(file),
        "--publisher",
        "Council",
        "--title",
        "Round-table",
        "--url",
        "https://council.example/r.pdf",
    )
    assert done.returncode == 0, done.stderr
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(file).pages]
    seen = set()
    for question in (
        "What did IPEC find about tenders with more than one bid?",
        "Why is data sharing in local government inefficient?",
        "What culture must leaders foster?",
    ):
        answer = json.loads(run_module(own_data, "assistant", question, "--json", "--publisher", "Council").stdout)
        assert answer["status"] == "answered"
        for citation in answer["citations"]:
            # A sentence that runs on is cited with the page on which it starts.
            assert " ".join(citation["quote"].split())[:40] in pages[citation["page"] - 1]
            assert citation["url"] == f"https://council.example/r.pdf#page={citation['page']}"
            seen.add(citation["page"])
    assert len(seen) > 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.pdf", b"", "empty"),
        ("empty.md", b" \n", "empty"),
        ("notes.pdf", b"just text", "not a PDF"),
        ("broken.pdf", b"%PDF-1.7\nbroken", "broken.pdf"),
        ("junk.txt", bytes(range(256)) * 50, "junk.txt"),
        ("sheet.xlsx", b"PK\x03\x04", "not a format"),
        ("short.md", b"# Title\n\nToo short.", "almost no running text"),
        ("shell.html", b"<html><body><div id=root></div><script src=app.js></script></body></html>", "shell.html"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_stops_no_other(
    own_data: Path, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    before = read_current(own_data)
    (tmp_path / name).write_bytes(content)
    done = run_module(own_data, "ingest", "add", str(tmp_path / name), "--publisher", "Council")
    assert done.returncode == 1
    assert name in done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert read_current(own_data) == before
    good = tmp_path / "good.md"
    good.write_text(
        "# Zebra policy\n\n## Zebras\n" + "The council buys zebras only after a market test. " * 8, encoding="utf-8"
    )
    done = run_module(own_data, "ingest", "add", str(tmp_path / name), str(good), "--publisher", "Council")
    assert done.returncode == 1
    assert "1 created" in done.stdout
    assert "market test" in run_module(own_data, "assistant", "When does the council buy zebras?").stdout


def test_protected_and_scanned_pdfs_say_what_to_do(own_data: Path, shared: Path) -> None:
    for name, message in (
        ("encrypted-file.pdf", "password"),
        ("r6-user-password.pdf", "password"),
        ("issue-301.pdf", ""),
    ):
        done = run_module(
            own_data, "ingest", "add", str(shared / "security" / "pdf" / name), "--publisher", "Council", "--no-build"
        )
        assert "Traceback" not in done.stderr
        assert message in done.stderr
