"""Text analysis (in Lucene's sense): from text to the terms that the lexical index and coverage count."""

import re
import unicodedata

import Stemmer

from assistant.types import Passage, Source

# Words that carry no topic. Question words are among them: in a corpus of statements "what" is rare, so its
# inverse document frequency would make it look like the most telling word of a question.
STOP_WORDS = frozenset(
    """
    a about after all also am an and any are as ask at be because been before being below between both but by can could
    did do does doing done down each else etc few for from further get gets getting give gives go going got had has have
    having he her here hers him his how i if in into is it its itself just know let like made make many may me might mine
    more most much must my myself need no nor not now of off on once one only or other our ours out over own per please
    put really right same say says shall she should so some still such take tell than that the their them then there these
    they thing things this those to too under until up upon us use used using very want was way we well were what when
    where which while who whom whose why will with within without would yes yet you your yours
    """.split()
)

_TOKEN = re.compile(r"[£$€]?\d[\d,]*(?:\.\d+)?[a-z%]*|[^\W\d_]+")
_ENDING = re.compile(r"['’](?:s|re|ve|ll|d|m|t)?\b")
_stemmer = Stemmer.Stemmer("english")


def embedding_text(passage: Passage, source: Source) -> str:
    """What models and index read of a passage: its title and headings, which are not part of what is quoted, then its text."""
    return "\n".join([source.title, " > ".join(passage.heading_path), passage.text])


def tokens(text: str) -> list[str]:
    """Lower-case words and numbers in order. "£207,720" becomes "207720", "G-Cloud 14" becomes "g", "cloud", "14"."""
    folded = _ENDING.sub("", unicodedata.normalize("NFKC", text).lower())
    found = (match.lstrip("£$€").replace(",", "") for match in _TOKEN.findall(folded))
    return [token for token in found if token]


def terms(text: str) -> list[str]:
    """The stems (Snowball English) of the tokens that carry topic, in order, repeats kept."""
    return _stemmer.stemWords([token for token in tokens(text) if token not in STOP_WORDS])  # type: ignore[no-any-return]
