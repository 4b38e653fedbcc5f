"""Which loader reads a file, and what is said of a file that none can read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import ingest.load
from assistant.errors import LoadError
from ingest.load import LARGEST_FILE, load

_TEXT = "Councils must plan for exit before they publish a tender notice and keep the plan up to date. " * 4
_PAGE = f"<!DOCTYPE html><html><body><main><h1>Exit</h1><h2>Plan</h2><p>{_TEXT}</p></main></body></html>"


def _file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.md", f"# Exit\n\n{_TEXT}", "Exit"),
        ("a.markdown", f"# Exit\n\n{_TEXT}", "Exit"),
        ("A.HTML", _PAGE, "Exit"),
        ("a.htm", _PAGE, "Exit"),
        ("a.txt", f"Exit\n\n{_TEXT}", "Exit"),
        ("page.txt", _PAGE, "Exit"),
    ],
)
def test_the_format_is_picked(tmp_path: Path, name: str, content: str, title: str) -> None:
    document = load(_file(tmp_path, name, content))
    assert document.title == title
    assert document.sections[-1].blocks[0].items == (_TEXT.strip(),)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.docx", b"PK\x03\x04", "the document is damaged or too complex"),
        ("a", _TEXT, "this is not a format that can be read"),
        (
            "a.xlsx",
            b"PK\x03\x04",
            "this is not a format that can be read. Save it as PDF, DOCX, ODT, HTML or Markdown.",
        ),
        ("a.txt", b"", "the file is empty"),
        ("a.md", " \n\t\n", "the file is empty"),
        ("a.pdf", _TEXT, "this is not a PDF"),
        ("a.txt", b"%PDF-1.7\n", "this is a PDF. Rename it to end in .pdf."),
        ("a.txt", b"PK\x03\x04" + bytes(range(256)) * 9, "this is not text"),
        ("a.md", b"\x00\x01\x02" * 99, "this is not text"),
        ("a.html", b"\x7fELF\x02\x01\x01\x00" * 99, "this is not text"),
        (
            "a.txt",
            "Only a few words.\n\n" + "99 " * 90,
            "it holds almost no running text (4 words)",
        ),
        ("a.md", "# Title\n\n![cover](a.png)\n", "it holds almost no running text (0 words)"),
    ],
)
def test_what_can_not_be_read_is_told(tmp_path: Path, name: str, content: str | bytes, reason: str) -> None:
    with pytest.raises(LoadError) as error:
        load(_file(tmp_path, name, content))
    assert str(error.value).startswith(f"{name}: {reason}")
    assert str(error.value).endswith(".")


def test_places_without_a_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"^b\.md: there is no such file\. "):
        load(tmp_path / "b.md")
    with pytest.raises(LoadError, match="this is not a file"):
        load(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(LoadError, match=r"^pipe\.txt: this is not a file"):
        load(tmp_path / "pipe.txt")
    with pytest.raises(LoadError, match="can't be opened|no such file"):
        load(tmp_path / "nul\0.md")


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(LoadError, match="it is larger than 25 MB"):
        load(path)


def test_a_name_can_not_write_to_the_terminal(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as error:
        load(tmp_path / "a\x1b[31m\n\u202eb.md")
    assert str(error.value).startswith("a[31m b.md: ")


def test_importing_the_package_loads_no_parser() -> None:
    heavy = {"pypdf", "trafilatura", "lxml", "markdown_it", "yaml", "pydantic"}
    code = f"import sys, ingest.load; print(sorted({heavy!r} & set(sys.modules)))"
    root = Path(ingest.load.__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert run.stdout == "[]\n"
