"""Finds personal data in a question. Names alone are let through: procurement questions are full of firms named after people."""

import re
from collections.abc import Callable, Iterator

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import iban, luhn
from stdnum.exceptions import ValidationError
from stdnum.gb import nhs

from assistant.guard.finding import Finding
from assistant.types import AnswerStatus

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
# What may stand between a label and its value: "is", a colon, "for John"; never another number or the next sentence.
_BETWEEN = r"[^\d?!;]{0,25}?"

# The address, also as people write it to fool programs: "jane (at) example (dot) com", "jane at example dot com".
_AT, _DOT = r"\s?(?:@|[\[({<]\s?at\s?[\])}>])\s?", r"\s?(?:\.|[\[({<]\s?dot\s?[\])}>])\s?"
_EMAIL = re.compile(
    rf"([\w.+%'-]+)(?:{_AT}([\w-]+(?:{_DOT}[\w-]+)*{_DOT}[a-z]{{2,}})|"
    rf"\sat\s([\w-]+(?:\sdot\s[\w-]+)*\sdot\s[a-z]{{2,}}))\b",
    re.IGNORECASE,
)
# Mailboxes of an office, which stand for nobody. They pass on any domain but those where people have their own post.
_OFFICE = frozenset(
    "accounts admin bids buying category comms commercial commissioning complaints contact contracts council customer data democratic "
    "digital dpo enquiries enquiry estates finance foi frameworks freedom governance hello help helpdesk ict info information "
    "information-governance inquiries it legal mail mailbox marketing media monitoring news noreply of office officer online orders "
    "partnerships payments post press privacy procure procurement protection purchasing reception reply sales security service servicedesk "
    "services sourcing support supplier suppliers team tech technology tender tendering tenders the unit vendor webmaster".split()
)
_PRIVATE_POST = re.compile(
    r"\b(?:gmail|googlemail|hotmail|outlook|live|yahoo|icloud|btinternet|aol|proton|protonmail|me|sky|virginmedia)\."
)

_PHONE_WORD = re.compile(
    r"\b(?:tel|telephone|phone|mobile|mob|cell|landline|ring|rings|rang|call|called|text|sms|whatsapp|fax|"
    r"reach\w*|contact|dial)\b\W*"
    r"(?:(?:me|him|her|them|us|back|number|no|num|on|at|is|was|to|please|direct|line)\b\W*){0,4}$",
    re.IGNORECASE,
)
_REFERENCE_WORD = re.compile(
    r"\b(?:ref|refs|reference|uprn|usrn|po|order|invoice|contract|notice|lot|company|charity|registration|"
    r"registered|vat|duns|cpv|requisition|"
    r"ticket|framework|agreement|asset|serial|isbn|docket)\b\W*(?:(?:number|no|num|nr|id|ref|reference|code|"
    r"is|was)\b\W*){0,2}$",
    re.IGNORECASE,
)

# https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110
_NI_PREFIX = r"(?!BG|GB|KN|NK|NT|TN|ZZ)(?:[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z]|QQ)"
_NI_NUMBER = re.compile(
    rf"(?<![\w/-])(?:{_NI_PREFIX})[ -]?\d{{2}}[ -]?\d{{2}}[ -]?\d{{2}}[ -]?[A-D](?![\w/-])", re.IGNORECASE
)
_NI_LABELLED = re.compile(
    rf"\b(?:nino|n\.?i\.? ?(?:number|num|no)|national insurance(?: ?(?:number|num|"
    rf"no))?)\b{_BETWEEN}\b[A-Z]{{2}}[ -]?\d{{2}}[ -]?\d{{2}}[ -]?\d{{2}}",
    re.IGNORECASE,
)
_NHS_GROUPED = re.compile(r"(?<![\w/£+.,-])\d{3}([ -])\d{3}\1\d{4}(?![\w/-])")
_NHS_LABELLED = re.compile(
    rf"\b(?:(?:nhs|patient|chi|health and care)'?s? ?(?:number|num|no|id)\b{_BETWEEN}|nhs ?[:#]? ?)\d{{3}}[ -]?\d{{3}}[ -]?\d{{4}}\b",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<![\w/£.,-])\d(?:[ -]?\d){12,18}(?![\w/%-])")
_CARD_LABELLED = re.compile(
    rf"\b(?:(?:credit|debit|payment|bank|purchasing|purchase|procurement) card|card (?:number|num|no|details)|"
    rf"visa|mastercard|amex)\b{_BETWEEN}"
    r"(?<!£)\b\d(?:[ -]?\d){12,18}\b",
    re.IGNORECASE,
)
# Prefix and lengths of each network (ISO/IEC 7812; the networks' published ranges).
_NETWORKS = (
    (re.compile(r"4"), {13, 16, 19}),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"3(?:0[0-5]|6|8|9)"), {14, 16}),
    (re.compile(r"6011|64[4-9]|65|62|35(?:2[89]|[3-8])|6759|6767|6763"), {16, 17, 18, 19}),
)
_SORT_CODE = re.compile(rf"\bsort[ -]?code\b{_BETWEEN}\b\d{{2}}[ -]?\d{{2}}[ -]?\d{{2}}\b", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"\b(?:bank account|account|acct?|a/c)\b\W{0,3}(?:(?:number|num|no|nr|is|was|to|"
    r"details)\b\W{0,3}){0,3}\d{4} ?\d{4}(?![\w/-])",
    re.IGNORECASE,
)
_SORT_CODE_AND_ACCOUNT = re.compile(
    r"(?<![\w/-])\d{2}-\d{2}-\d{2}\W{1,3}(?:[a-z/]+\W{1,2}){0,3}\d{8}(?![\w/-])", re.IGNORECASE
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,34}", re.IGNORECASE)
_TAX = re.compile(
    rf"\b(?:utr|unique tax(?:payer)?(?:'?s)? ref\w*|tax(?:payer)?(?:'?s)? ref\w*)\b{_BETWEEN}\b\d{{5}} ?\d{{5}}",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)?[ ./-]{{0,2}}(?:\d{{1,2}}|{_MONTH})[ ,./-]{{1,2}}\d{{2,4}}|"
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|"
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{6}}(?!\d)|\d{{8}}(?!\d))"
)
_BIRTH = re.compile(
    rf"(?:\bd\.?o\.?b\b\.?|\bdate of birth\b|\bbirth ?da(?:te|y)\b|\bborn\b){_BETWEEN}{_DATE}", re.IGNORECASE
)
_PASSPORT = re.compile(
    rf"\bpassport\b{_BETWEEN}\b(?:\d{{9}}|[A-Z]{{1,2}}\d{{7}})\b|"
    # https://www.gov.uk/government/publications/driver-licences: surname, decade, month (+50 for women), day, year, initials, three more
    r"\b[A-Z][A-Z9]{4} ?\d[0156]\d[0-3]\d{2} ?[A-Z][A-Z9]\d ?[A-Z]{2}\b",
    re.IGNORECASE,
)
_STREET = (
    r"(?:street|st|road|rd|lane|ln|avenue|ave|close|drive|way|court|crescent|gardens?|terrace|place|grove|row|"
    r"hill|walk|mews|square|park|view)"
)
_HOME = re.compile(
    rf"\b(?:home address|private address|(?:my|his|her|their) address|lives? at|living at|live at|"
    rf"resides? at)\b[^?!;]{{0,25}}?"
    rf"\b\d{{1,4}}[a-z]?,? (?:[\w'-]+ ){{1,4}}?{_STREET}\b",
    re.IGNORECASE,
)
_PERSON = r"\b(?:Mr|Mrs|Ms|Miss|Mx)\.? [A-Z][\w'-]+"
_HEALTH = (
    r"(?i:\b(?:diagnosed with|suffer(?:s|ed|ing) from|(?:off|long[- ]term|on) sick\b|sick leave|is pregnant|"
    r"pregnancy|treated for|hiv|cancer|"
    r"depress(?:ion|ed)|dementia|stroke|diabet\w+|epilep\w+|bipolar|schizophren\w+|autis\w+|chemotherapy|"
    r"medical (?:history|condition|records?)))"
)
_HEALTH_OF_PERSON = re.compile(rf"{_PERSON}[^.?!]{{0,80}}{_HEALTH}|{_HEALTH}[^.?!]{{0,40}}{_PERSON}")


def _email(text: str) -> bool:
    return any(not _is_office(found[1], found[2] or found[3]) for found in _EMAIL.finditer(text))


def _is_office(mailbox: str, domain: str) -> bool:
    words = [word for word in re.split(r"[\W_\d]+", mailbox.casefold()) if word]
    return bool(words) and all(word in _OFFICE for word in words) and not _PRIVATE_POST.match(domain.casefold())


def _phone(text: str) -> bool:
    if sum(letter.isdigit() for letter in text) < 9:
        return False
    return any(_is_phone(text, found) for found in PhoneNumberMatcher(text, "GB", leniency=Leniency.POSSIBLE))


def _is_phone(text: str, found: phonenumbers.PhoneNumberMatch) -> bool:
    """A number as it is dialled, with 0 or +, unless a word says that it is a reference; without, only after a word such as "ring".

    Ofcom's numbers for drama and mistyped ones are not valid, yet have the right length: they count as well.
    """
    before, after, raw = text[: found.start], text[found.end : found.end + 1], found.raw_string
    if re.search(r"(?:[\w/£.-]|\d,)$", before) or re.match(r"[\w%£]", after):
        return False
    digits = re.sub(r"\D", "", raw)
    if _PHONE_WORD.search(before):
        return len(digits) >= 10
    if _REFERENCE_WORD.search(before):
        return False
    if raw.lstrip("( ").startswith("+") or re.match("00[1-9]", digits):
        return len(digits) >= 9
    return (phonenumbers.is_valid_number(found.number) and digits.startswith("0")) or bool(
        re.fullmatch(r"0[127]\d{9}", digits)
    )


def _ni_number(text: str) -> bool:
    if _NI_LABELLED.search(text):
        return True
    return any(not _REFERENCE_WORD.search(text[: found.start()]) for found in _NI_NUMBER.finditer(text))


def _nhs_number(text: str) -> bool:
    return bool(_NHS_LABELLED.search(text)) or any(nhs.is_valid(found[0]) for found in _NHS_GROUPED.finditer(text))


def _card(text: str) -> bool:
    return bool(_CARD_LABELLED.search(text)) or any(_is_card(found[0]) for found in _CARD.finditer(text))


def _is_card(found: str) -> bool:
    digits = re.sub(r"\D", "", found)
    return luhn.is_valid(digits) and any(
        prefix.match(digits) and len(digits) in lengths for prefix, lengths in _NETWORKS
    )


def _bank(text: str) -> bool:
    if any(pattern.search(text) for pattern in (_SORT_CODE, _ACCOUNT, _SORT_CODE_AND_ACCOUNT)):
        return True
    return any(_is_iban(start) for found in _IBAN.finditer(text) for start in _starts(found[0]))


def _starts(found: str) -> Iterator[str]:
    # Words may follow an account number without a stop; the country says how long it is.
    letters = found.replace(" ", "")
    return (letters[:length] for length in range(15, min(34, len(letters)) + 1))


def _is_iban(letters: str) -> bool:
    try:
        iban.validate(letters, check_country=False)
    except ValidationError:
        return False
    return True


def _searching(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.search(text) is not None


# Kind, words for the officer, and what finds it; the surest first, since the first gives the finding its kind.
_DETECTORS: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("email_address", "an e-mail address", _email),
    ("ni_number", "a National Insurance number", _ni_number),
    ("nhs_number", "an NHS number", _nhs_number),
    ("payment_card", "a payment card number", _card),
    ("bank_account", "bank details", _bank),
    ("tax_reference", "a taxpayer reference", _searching(_TAX)),
    ("date_of_birth", "a date of birth", _searching(_BIRTH)),
    ("identity_document", "a passport or driving licence number", _searching(_PASSPORT)),
    ("home_address", "a home address", _searching(_HOME)),
    ("health", "a named person's health", _searching(_HEALTH_OF_PERSON)),
    ("phone_number", "a telephone number", _phone),
)


def inspect(text: str) -> Finding | None:
    """The personal data in a cleaned question (assistant/query.py:clean), or None. The message never repeats what was found."""
    plain = text.translate(_DASHES)
    found = [(kind, words) for kind, words, holds in _DETECTORS if holds(plain)]
    if not found:
        return None
    named = [words for _, words in found]
    together = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    return Finding(
        status=AnswerStatus.PERSONAL_DATA,
        kind=found[0][0],
        message=f"The question seems to hold {together}, so it was not searched for. Guidance doesn't depend on whom it is about: "
        "ask again without that, and without other details of people.",
    )
