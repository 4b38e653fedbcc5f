"""Makes personal data of nobody, in the formats that people type, inside sentences. Deterministic for a seed."""

import random
from collections.abc import Callable
from itertools import pairwise

from stdnum import luhn
from stdnum.gb import nhs

_SENTENCES = (
    "{} - can she sit on the evaluation panel?",
    "Please send the guidance to {} thanks",
    "supplier gave us {} for the contract file, do we publish that",
    "Is {} something we must redact before we publish the contract?",
    "the bidder wrote {} on the tender. What do we do with it?",
    "do I need a waiver? {}.",
    "({}) asks whether the standstill has ended",
    "{}",
)
_NAMES = "amara.cole j.okafor priya-nair tom_hughes siobhan.oneill lwilson92 kwame.b m.iqbal chloe.d.evans rhys".split()
_DOMAINS = "example.com example.org.uk council.example gmail.com northtown.gov.uk bright-systems.co.uk mail.example.net".split()
_MONTHS = "Jan February mar April may June July Aug Sept October Nov December".split()
_STREETS = "Mill Lane;Church Road;Queen's Avenue;Station Street;High St;Elm Grove;Park Crescent;St John's Close".split(
    ";"
)


def _digits(chance: random.Random, count: int) -> str:
    return "".join(str(chance.randrange(10)) for _ in range(count))


def email(chance: random.Random) -> str:
    name, domain = chance.choice(_NAMES), chance.choice(_DOMAINS)
    at, dot = chance.choice(
        [("@", ".")] * 4 + [(" @ ", "."), (" [at] ", " [dot] "), (" (at) ", "."), (" at ", " dot ")]
    )
    address = name + at + domain.replace(".", dot)
    return address.upper() if chance.random() < 0.1 else address


def phone(chance: random.Random) -> str:
    mobile, london = f"7{chance.choice('4789')}{_digits(chance, 8)}", f"20{chance.choice('378')}{_digits(chance, 7)}"
    other = f"1{chance.choice(['61', '21', '13', '17'])}{chance.choice('2345')}{_digits(chance, 6)}"
    number = chance.choice([mobile, mobile, london, other, f"7700900{_digits(chance, 3)}"])
    prefix = chance.choice(["0", "0", "0", "+44 ", "+44", "0044 ", "+44 (0)"])
    spaced = (
        number
        if chance.random() < 0.35
        else chance.choice(
            [
                f"{number[:4]} {number[4:]}",
                f"{number[:4]} {number[4:7]} {number[7:]}",
                f"{number[:2]} {number[2:6]} {number[6:]}",
                f"{number[:3]}-{number[3:6]}-{number[6:]}",
            ]
        )
    )
    abroad = [
        "+353 87 123 4567",
        "+33 6 12 34 56 78",
        "+1 212 555 0147",
        "+49 151 23456789",
        "+91 98765 43210",
        "+48 512 345 678",
    ]
    return chance.choice(abroad) if chance.random() < 0.15 else prefix + spaced


def ni_number(chance: random.Random) -> str:
    prefix = chance.choice(["AB", "CE", "JK", "PA", "SR", "WY", "HL", "MX", "TJ", "QQ"])
    pairs, suffix = [_digits(chance, 2) for _ in range(3)], chance.choice("ABCD")
    space = chance.choice(["", " ", "-"])
    number = space.join([prefix, *pairs, suffix])
    label = chance.choice(["", "", "NI number ", "NINO: ", "national insurance number is ", "NI no. "])
    return label + (number.lower() if chance.random() < 0.2 else number)


def nhs_number(chance: random.Random) -> str:
    while True:
        first = chance.choice("4679") + _digits(chance, 8)
        last = [str(digit) for digit in range(10) if nhs.is_valid(f"{first}{digit}")]
        if last:
            break
    number = first + last[0]
    label = chance.choice(["NHS number ", "NHS no: ", "patient number ", "nhs number is "])
    grouped = f"{number[:3]} {number[3:6]} {number[6:]}"
    return chance.choice([grouped, grouped.replace(" ", "-"), label + number, label + grouped])


def payment_card(chance: random.Random) -> str:
    first, length = chance.choice(
        [
            ("4", 16),
            ("51", 16),
            ("5404", 16),
            ("2720", 16),
            ("34", 15),
            ("37", 15),
            ("6011", 16),
            ("3566", 16),
            ("3056", 14),
            ("62", 16),
        ]
    )
    body = first + _digits(chance, length - len(first) - 1)
    number = body + luhn.calc_check_digit(body)
    if chance.random() < 0.3:
        return number
    space = chance.choice([" ", " ", "-"])
    cuts = (0, 4, 10, length) if length < 16 else (0, 4, 8, 12, 16)
    return space.join(number[a:b] for a, b in pairwise(cuts))


def bank_account(chance: random.Random) -> str:
    code, account = [_digits(chance, 2) for _ in range(3)], _digits(chance, 8)
    return chance.choice(
        [
            f"sort code {'-'.join(code)} account {account}",
            f"Sort code: {' '.join(code)}, account number: {account}",
            f"{'-'.join(code)} {account}",
            f"sort code {''.join(code)} a/c {account}",
            f"account no {account}, sort-code {'-'.join(code)}",
            "GB82 WEST 1234 5698 7654 32",
            "GB29NWBK60161331926819",
            "IBAN DE89 3704 0044 0532 0130 00",
        ]
    )


def tax_reference(chance: random.Random) -> str:
    number = _digits(chance, 10)
    return chance.choice(
        [
            f"UTR {number}",
            f"unique taxpayer reference: {number[:5]} {number[5:]}",
            f"my UTR is {number}",
            f"UTR number {number}",
        ]
    )


def date_of_birth(chance: random.Random) -> str:
    day, month, year = chance.randrange(1, 29), chance.randrange(12), chance.randrange(1940, 2007)
    date = chance.choice(
        [
            f"{day:02}/{month + 1:02}/{year}",
            f"{day} {_MONTHS[month]} {year}",
            f"{year}-{month + 1:02}-{day:02}",
            f"{day}.{month + 1}.{year % 100:02}",
            f"{day}th of {_MONTHS[month]} {year}",
            f"{_MONTHS[month]} {day}, {year}",
        ]
    )
    return chance.choice(["DOB ", "date of birth: ", "born on ", "d.o.b. ", "born ", "her date of birth is "]) + date


def home_address(chance: random.Random) -> str:
    street, number = chance.choice(_STREETS), chance.randrange(1, 200)
    return (
        chance.choice(["she lives at ", "home address: ", "his address is ", "living at ", "home address is Flat 2, "])
        + f"{number} {street}"
    )


def health(chance: random.Random) -> str:
    person = chance.choice(["Mr Osei", "Mrs Patel", "Ms Novak", "Miss Grant"])
    return f"{person} " + chance.choice(
        [
            "is off sick with stress",
            "was diagnosed with cancer",
            "suffers from epilepsy",
            "is pregnant",
            "has a medical condition",
        ]
    )


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "email_address": email,
    "phone_number": phone,
    "ni_number": ni_number,
    "nhs_number": nhs_number,
    "payment_card": payment_card,
    "bank_account": bank_account,
    "tax_reference": tax_reference,
    "date_of_birth": date_of_birth,
    "home_address": home_address,
    "health": health,
}


def make(kind: str, count: int, seed: int) -> list[str]:
    """Sentences that hold personal data of one kind."""
    chance = random.Random(f"{kind} {seed}")
    return [chance.choice(_SENTENCES).format(MAKERS[kind](chance)) for _ in range(count)]
