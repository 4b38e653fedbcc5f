"""A file note as one HTML file, for the screen and for print: it loads nothing, runs nothing, and stays readable where it is kept."""

import base64
import hashlib
from pathlib import Path

from api.file_note.note import HOW_TO_CHECK, IN_OTHER_WORDS, TITLE, WHAT_IT_IS, FileNote
from api.page_templates import render
from api.pages.frame import web_link

MEDIA_TYPE = "text/html; charset=utf-8"
_STYLE = Path(__file__).with_name("note.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# For the response, and in the file itself, which is opened again without us: the one style in it may be used, nothing else.
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"


def to_html(note: FileNote) -> str:
    """The note as a whole document."""
    return render(
        "file_note.html",
        note=note,
        title=TITLE,
        what_it_is=WHAT_IT_IS,
        how_to_check=HOW_TO_CHECK,
        in_other_words=IN_OTHER_WORDS,
        style=_STYLE,
        policy=POLICY,
        web_link=web_link,
    )
