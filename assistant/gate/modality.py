"""Whether a claim says no where its evidence says yes, must where it says should, or above where it says below."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

Terms = Callable[[str], Iterable[str]]
Clause = tuple[str, set[str]]
_MOST_OF_IT = 0.6
_NOT = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|nothing|nobody|\w+n[’']t|cant|dont|wont|hardly|fails? to|failed to|failing to|"
    r"lacks?|lacking|absence of|free of|exempt(?:ed|s)?|"
    r"prohibit(?:s|ed|ion)?|forbid(?:s|den)?|bann?(?:s|ed)?|unlawful(?:ly)?|unable|illegal(?:ly)?|exclud(?:e|es|ed|ing)|refus(?:e|"
    r"es|ed)|un(?:fair|clear|necessary|required|likely|available|known|affected|changed|limited|regulated)"
    r"|in(?:valid|eligible|correct|appropriate|complete)|non-?(?!profit|domestic)\w+)\b",
    re.IGNORECASE,
)
# Said in the negative, and negating nothing.
_NO_NEGATION = re.compile(
    r"\bnot only\b(?=.*\bbut\b)|\bno (?:later|less|fewer|more|earlier|longer) than\b|\bnot (?:less|more|fewer) than\b|"
    r"\bwhether or not\b|\bno\. ?\d|\bnot-for-profit\b",
    re.IGNORECASE,
)
_MODALS: dict[str, str] = {
    # Before the plain ones, since it holds their words.
    "need not": r"(?:need|needs|does|do|did)(?: not|n[’']t) (?:need|have|require)(?: to|d)?\b|(?:need not|needn[’']t)\b|"
    r"\b(?:is|are|was|were|isn|aren)(?: not|[’']t)(?: \w+)? (?:required|obliged|mandatory|compulsory|necessary|needed|bound)\b|"
    r"\b(?:does|do|did)(?: not|n[’']t) bind\b|\b(?:no|without(?: any)?) (?:duty|obligation|need|requirement)\b|\bneeds? no\b|"
    r"\bno (?:[\w-]+ ){1,4}(?:is|are) (?:needed|required|necessary)\b|\bunnecessary\b|\boptional\b",
    "must not": r"\b(?:must|shall|may|can)(?: not|n[’']t)\b|\bcan[’']t\b|\bcannot\b|\bcant\b|"
    r"\b(?:is|are) (?:not (?:allowed|permitted|able)|"
    r"prohibited|forbidden|banned|unlawful)\b|"
    r"\bprohibits?\b|\bmust never\b|\bmay no longer\b|\bcan no longer\b|\bno (?:[\w-]+ ){1,3}(?:may|can|must)\b",
    "should not": r"\b(?:should|ought)(?: not|n[’']t)\b|\bshould never\b",
    "must": r"\b(?:must|shall|ha(?:s|ve|d|ving) to|(?:is|are|was|were|be|being)(?: \w+)? (?:required|obliged|bound|mandatory|"
    r"compulsory|needed|necessary)|requires?|required|needs? to|obligation|obliged|duty|duties|mandatory|binds?|"
    r"compulsory|necessary)\b",
    "should": r"\b(?:should|ought|recommend(?:s|ed|ation)?|advis(?:e|es|ed|able)|encourag(?:e|es|ed)|expected?|expects|"
    r"good practice|best practice|suggest(?:s|ed)?|urge[sd]?)\b",
    "may": r"\b(?:may|can|could|might|(?:is|are) (?:able|free|allowed|permitted|entitled) to|allowed?|allows|permits?|permitted|"
    r"lets?|option|possible|choose[sn]?)\b",
}
_MODAL_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _MODALS.items()}
_PERMITS, _BINDS = {"may", "should", "need not"}, {"must", "must not", "should not"}
# Of thresholds it is said that something is below them; that is a kind of contract, not a limit.
_THRESHOLD = re.compile(r"\b(?:below|above|under|over)[- ](?:the )?(?:\w+ )?thresholds?\b", re.IGNORECASE)
_NOT_MORE = re.compile(
    r"\b(?:no|not) (?:more|later|longer|greater|higher) than\b|\bnot exceed(?:s|ed|ing)?\b", re.IGNORECASE
)
_NOT_LESS = re.compile(r"\b(?:no|not) (?:less|fewer|earlier|lower|shorter) than\b", re.IGNORECASE)
_DIRECTIONS = {
    "up": r"\b(?:at least|no (?:less|fewer) than|not (?:less|fewer) than|or (?:more|above|over|longer)|more than|over (?=[£$€\d])|"
    r"above|exceed(?:s|ed|ing)?|minimum|greater than|higher than|upwards|longer than)",
    "down": r"\b(?:at most|no (?:more|later|longer) than|not more than|not exceed(?:ing)?|or (?:less|fewer|below|under)|less than|"
    r"fewer than|under (?=[£$€\d])|below|up to|maximum|within (?=[£$€\d])|lower than|shorter than|beneath)",
    "before": r"\b(?:before|until|prior to|no later than|earlier than|ahead of)",
    "after": r"\b(?:after|since|on or after|onwards?|later than|from (?=(?:late |early |mid-)?(?:\d{1,2} )?(?:"
    r"(?:19|20)\d\d|January|February|March|April|May|June|July|August|September|October|November|December)))",
}
_UP_DOWN = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _DIRECTIONS.items()}
# Verbs whose two sides say different things; "is replaced by" is another verb than "replaces".
_ONE_WAY = [
    re.compile(rf"\b{verb}\b", re.IGNORECASE)
    for verb in (
        r"replac(?:es|ed|ing)(?! by)", r"replaced by", r"bec(?:ame|omes?)", r"supersed(?:es|ed|ing)(?! by)", r"superseded by",
        r"overrid(?:es|den|ing)(?! by)", r"amend(?:s|ed|ing)(?! by)", r"revok(?:es|ed|ing)(?! by)", r"repeal(?:s|ed|ing)(?! by)",
        r"preced(?:es|ed|ing)(?! by)", r"exceed(?:s|ed|ing)?", r"older than", r"newer than", r"(?:more|less|fewer|higher|"
        r"lower) than(?! [£\d])",
        r"pays?", r"owes?", r"part of",
    )
]  # fmt: skip
_OPPOSITE = {"up": "down", "down": "up", "before": "after", "after": "before"}
# Words that make a claim wider or narrower than it was.
_STRENGTHS = {
    "all": r"\b(?:all|every|each|any|always|whole|entire(?:ly)?|everyone|everything|invariably|universal(?:ly)?)\b",
    "none": r"\b(?:none|never|nobody|nothing)\b",
    "only": r"\b(?:only|solely|exclusively|sole|nothing but)\b",
    "most": r"\b(?:most|mainly|majority|mostly)\b",
    "sure": r"\b(?:guarantees?|guaranteed|certainly|definitely|proven|proves|always|ensures?)\b",
}
_STRENGTH = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _STRENGTHS.items()}
_CLAUSES = re.compile(
    r"\s*[,;:()–—]\s+|(?<=[.?!])\s+|\s+(?:but|while|whereas|although|though|unless|except|because|so that|which|who|when|where|"
    r"if)\s+|\s+and\s+(?=(?:\w+\s+){0,3}(?:must|shall|should|may|can|cannot|need|needs|is|are|has|have|does|do|will|would)\b)",
    re.IGNORECASE,
)
# Who says so takes no part: it may stand first or last, or be left out.
_WHO = r"(?:(?!\b(?:must|should|shall|may|can|cannot|not|to|is|are|was|were|be|been|does|do|did|has|have|had|will)\b)(?:[^,.;]|\.(?=\w)))"
_ATTRIBUTION = re.compile(
    rf"(?:^|(?<=[.!?] )|,\s+)according to {_WHO}{{1,90}}?(?:,|(?=[.;]\s|[.;]?$))|,\s+{_WHO}{{1,90}}? (?:say|report|advise|warn|"
    rf"add|suggest)(?:s|ed)?(?=[.;]\s|[.;]?$)|"
    rf",\s+(?:says?|reports?) {_WHO}{{1,90}}?(?=[.;]\s|[.;]?$)|"
    rf"^{_WHO}{{1,70}}? (?:says?|said|reports?|reported|adds?|advises?|warns?|suggests?) that |^{_WHO}{{1,70}}? (?:says|said) ",
    re.IGNORECASE,
)
# Stems of what is said of saying.
SAYING = frozenset("accord report say said reported add advis warn suggest".split())
_MONTH_OF_MAY = re.compile(r"\d (?:of )?May\b|\bMay (?=\d)|\bin May\b")
_FEW = 2


def attributions(text: str) -> list[str]:
    """The parts of a sentence that say who says so."""
    return [match.group() for match in _ATTRIBUTION.finditer(text)]


def is_turned(claim: str, evidence: str, terms: Terms) -> str | None:
    """Which of `negation`, `modality`, `comparison` and `strength` the claim changes, clause by clause, or None.

    Each clause of the claim is held against the clause of the evidence that says most of what it says. `terms` gives the words that
    carry topic.
    """
    claim, evidence = (_ATTRIBUTION.sub(" ", text) for text in (claim, evidence))
    claim, evidence = (_MONTH_OF_MAY.sub(" ", text) for text in (claim, evidence))
    pairs = _aligned(_split(claim, terms), _split(evidence, terms))
    for name, changes in (
        ("modality", _modality),
        ("negation", _negation),
        ("comparison", _comparison),
        ("roles", _roles),
    ):
        if any(changes(clause, other, terms) for clause, other in pairs):
            return name
    return "strength" if _strength(claim, evidence) else None


def _aligned(claim: Sequence[Clause], evidence: Sequence[Clause]) -> list[tuple[str, str]]:
    """The parts of both that say the same: each clause goes with that which shares most of its words."""
    groups: list[tuple[set[int], set[int]]] = []
    links: list[tuple[int | None, int | None]] = [
        (place, _nearest(said, evidence, 0.0)) for place, (_, said) in enumerate(claim)
    ]
    links += [(_nearest(said, claim, _MOST_OF_IT), place) for place, (_, said) in enumerate(evidence)]
    for one, other in links:
        if one is None or other is None:
            continue
        joined = [group for group in groups if one in group[0] or other in group[1]]
        groups = [group for group in groups if group not in joined]
        groups.append(({one}.union(*(group[0] for group in joined)), {other}.union(*(group[1] for group in joined))))
    whole = " ".join(clause for clause, _ in evidence)
    alone = [clause for place, (clause, _) in enumerate(claim) if not any(place in group[0] for group in groups)]
    return [
        (" ".join(claim[place][0] for place in sorted(ours)), " ".join(evidence[place][0] for place in sorted(theirs)))
        for ours, theirs in groups
    ] + [(clause, whole) for clause in alone]


def _nearest(said: set[str], clauses: Sequence[Clause], least: float) -> int | None:
    scored = [(len(said & there), -len(there), -place) for place, (_, there) in enumerate(clauses)]
    shared, _, place = max(scored, default=(0, 0, 0))
    return -place if shared and shared >= least * len(said) else None


def _split(text: str, terms: Terms) -> list[Clause]:
    """Clauses with their topic words; what says too little to be told apart stays with its neighbour."""
    starts = [0, *(match.start() for match in _CLAUSES.finditer(text)), len(text)]
    clauses: list[Clause] = []
    for start, end in pairwise(starts):
        piece, said = text[start:end], set(terms(text[start:end]))
        if clauses and min(len(said), len(clauses[-1][1])) < _FEW:
            clauses[-1] = (clauses[-1][0] + piece, clauses[-1][1] | said)
        elif piece.strip():
            clauses.append((piece, said))
    return clauses


def _negations(text: str) -> int:
    return len(_NOT.findall(_NO_NEGATION.sub(" ", text)))


def _negation(claim: str, evidence: str, terms: Terms) -> bool:
    return bool(_negations(claim) % 2) != bool(_negations(evidence) % 2)


def modals(text: str) -> set[str]:
    """The classes of obligation and permission that a text uses."""
    found = set()
    for name, pattern in _MODAL_PATTERNS.items():
        if pattern.search(text):
            found.add(name)
            text = pattern.sub(" ", text)
    return found


def _modality(claim: str, evidence: str, terms: Terms) -> bool:
    """A claim may not bind where the evidence only permits or advises, nor the other way, nor drop that it only permits or advises."""
    claimed, held = modals(claim), modals(evidence)
    return bool(claimed - held) or (not claimed and bool(held & _PERMITS) and not held & _BINDS)


def _comparison(claim: str, evidence: str, terms: Terms) -> bool:
    """Above is not below, and before is not after; a limit that is not there may not be added."""
    claimed, held = _directions(claim), _directions(evidence)
    turned = any(_OPPOSITE[name] in held and name not in held for name in claimed)
    return turned or bool((claimed & {"up", "down"}) - held)


def _directions(text: str) -> set[str]:
    text = _NOT_LESS.sub("at least", _NOT_MORE.sub("at most", _THRESHOLD.sub(" ", text)))
    return {name for name, pattern in _UP_DOWN.items() if pattern.search(text)}


def _roles(claim: str, evidence: str, terms: Terms) -> bool:
    """Whether what stands on the two sides of a verb that can't be turned round has changed sides."""
    for verb in _ONE_WAY:
        ours, theirs = verb.search(claim), verb.search(evidence)
        if ours and theirs:
            left, right = set(terms(claim[: ours.start()])), set(terms(claim[ours.end() :]))
            before, after = set(terms(evidence[: theirs.start()])), set(terms(evidence[theirs.end() :]))
            left, right, before, after = left - right, right - left, before - after, after - before
            if len(left & after) + len(right & before) > len(left & before) + len(right & after):
                return True
    return False


def _strength(claim: str, evidence: str) -> bool:
    return any(pattern.search(claim) and not pattern.search(evidence) for pattern in _STRENGTH.values())
