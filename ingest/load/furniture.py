"""Recognises the furniture of a web page in plain lines: sharing, signing in, moving about. It is never guidance."""

import re

from ingest.load.clean import word_count

_LONGEST_FURNITURE = 30
_LONGEST_LINE = 300
_LONGEST_LABELS = 90

# Words that stand on buttons and links alone. One of them is enough.
_SHARE_LABELS = (
    "linkedin|twitter|facebook|whatsapp|instagram|youtube|bluesky|mastodon|pinterest|reddit|tweet|share|sharethis|sharevia"
    "|printthispage|sharethispage|emailthispage"
)
_OTHER_LABELS = (
    "login|logout|signin|signout|signup|subscribe|readmore|showmore|viewmore|seemore|alreadyamember|forgotpassword"
    "|addnewcomment|leaveacomment|postacomment|skiptocontent|skiptomaincontent|backtotop|previouspage|nextpage"
    "|acceptcookies|acceptallcookies|cookiesettings|joinusnow|joinnow"
)
# Words that could as well head a section of guidance: furniture only beside another label.
_SHARE_WORDS = "print|email|or|and|via|on|x|this|page|article|pdf|copylink"
_OTHER_WORDS = (
    "home|menu|search|register|comments|contact|contactus|aboutus|news|events|join|joinus|now|close|next|previous"
    "|accept|reject|cookies"
)
_DATE = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
    r"|\d{1,2}(?:st|nd|rd|th)?\s+[a-z]{3,9}\.?,?\s+\d{4}"
    r"|[a-z]{3,9}\s+(?:\d{1,2},?\s+)?\d{4})",
    re.IGNORECASE,
)


def _line_of(labels: str, words: str) -> re.Pattern[str]:
    """A pattern for the letters of a line: nothing but labels and words, with at least one label."""
    return re.compile(rf"(?:{words})*(?:{labels})(?:{labels}|{words})*")


_SHARE_LINE = _line_of(_SHARE_LABELS, _SHARE_WORDS)
_LABEL_LINE = _line_of(f"{_SHARE_LABELS}|{_OTHER_LABELS}", f"{_SHARE_WORDS}|{_OTHER_WORDS}")

_CALL = re.compile(
    r"\b(?:sign up (?:to|for) (?:our|the) .*(?:newsletter|bulletin|e-?mails?|updates|alerts|mailing list)"
    r"|subscribe to (?:our|the) .*(?:newsletter|bulletin|e-?mails?|updates|alerts|magazine)"
    r"|you (?:might|may) (?:also )?(?:be interested in|like)\b"
    r"|we use (?:some )?(?:essential )?cookies|this (?:site|website) uses cookies"
    r"|you (?:are viewing|have read|have viewed) .*\d+ of \d+ .*articles?"
    r"|(?:log|sign) in to (?:read|view|continue|your account)|all rights reserved)"
    r"|\?.*\bclick here\b",
    re.IGNORECASE,
)
_MOVE = re.compile(r"(?:back|forward|return|go|skip|jump) (?:back )?to\b[^.:;!?]*", re.IGNORECASE)
_PAGER = re.compile(r"(?:next|previous|prev)(?: (?:page|section|chapter|article))?\s*[:»«→←][^.!?]*", re.IGNORECASE)
_DOWNLOAD = re.compile(r"(?:download|print|save|e-?mail|share)\b[^.!?]*\b(?:pdf|page|guide|article)", re.IGNORECASE)


def is_furniture(line: str) -> bool:
    """Whether a line or short paragraph is a call to share, sign in, subscribe, accept cookies or go elsewhere."""
    words = word_count(line)
    if words > _LONGEST_FURNITURE or len(line) > _LONGEST_LINE:
        return False
    if _CALL.search(line):
        return True
    if len(line) <= _LONGEST_LABELS and _LABEL_LINE.fullmatch(_letters(line)):
        return True
    return (words <= 6 and _MOVE.fullmatch(line) is not None) or is_pager(line)


def is_share_bar(line: str) -> bool:
    """Whether a line is furniture of the article itself, which stands below the title; other furniture is above it."""
    return len(line) <= _LONGEST_LABELS and _SHARE_LINE.fullmatch(_letters(line)) is not None


def is_date(line: str) -> bool:
    """Whether a line is nothing but a date: it heads no section, and says nothing when quoted."""
    return _DATE.fullmatch(line) is not None


def is_pager(line: str) -> bool:
    """Whether a line only leads to another page or another form of this one, such as "Next: Budgeting"."""
    return (
        len(line) <= _LONGEST_LINE
        and word_count(line) <= 12
        and any(pattern.fullmatch(line.strip()) for pattern in (_PAGER, _DOWNLOAD))
    )


def _letters(line: str) -> str:
    return "".join(filter(str.isalpha, line)).lower()
