"""300 procurement questions full of figures and references, none with personal data. Deterministic for a seed."""

import random

_OWN_WORDS = """
Is £213,477 still the threshold for services or is it £207,720 including VAT?
works threshold 5,372,609 or 5,193,000 from 1 January 2026?
213477 214904 207720 - which one counts
Notice 2025/S 000-012345 was published on 24/02/2025 at 09:30, when does standstill end?
ocds-h6vhtk-04f2a1 has no contract details notice, is that allowed
does RM6259 cover SaaS, or should it be RM1557.14 or RM1043.8?
What does PPN 017 say that PPN 02/24 did not?
Is company number 01234567 excluded, and where do I look that up?
SC123456 and NI654321 both bid: are Scottish and Northern Irish companies treated alike?
VAT GB 123 4567 89 is on the invoice but not on the framework. Problem?
regulation 72(1)(b) of PCR 2015 and section 74 of the Act: what changed?
Articles 12.3.4 and 12.3.5 of the order form contradict each other
s.51 standstill of 8 working days from 01-12-2025 - is it 11-12-2025 or 12-12-2025?
UPRN 100023336956 is the site. Does the address go into the notice?
UPRN 10002333695, PO 4500012345 and invoice 0123456789 go with lot 2 - which must be published?
CPV 72000000-5, 48000000-8 or 72212517-6 for an integration layer?
can procurement@northtown.gov.uk be the contact in the notice
we list tenders@example.gov.uk and it-helpdesk@council.example, is a shared mailbox enough?
Do we send the notice to info@supplier.example or through the platform?
our offices at SW1A 2AS and LS1 1UR need Wi-Fi, one contract or two?
Is a contract at Civic Centre, 100 Barras Bridge, NE1 8QH works or services?
DUNS 217098765 is wrong on the central platform. Who corrects it?
PPON PABC-1234-DEFG: what is it for
PHRT-5678-ABCD expired, must we register again?
ISO/IEC 27001:2022, ISO 9001:2015 and BS 10008 as selection criteria - too many?
WCAG 2.2 AA and EN 301 549 V3.2.1 - which goes in the spec?
version 10.0.19045.4291 goes out of support, is that urgent?
server 192.168.10.25 hosts the system; must the DPIA name it?
budget is 12 x 4,500 + 3 x 18,250 = 108,750. Above the limit?
£30,000 inc VAT, £25,000 ex VAT, £12,000: what is published?
scored 4 4 3 5 and 5 3 3 4, weights 40 30 20 10 - who wins?
price 60%, quality 30%, social value 10%: lawful?
0.5% of 1,250,000.00 per annum for 3+1+1 years
1,000 licences at £7.20 per user per month for 36 months
2024 2025 2026 2027 spend was 45000 52000 61000 70000 - do we aggregate?
12 months from 2026-04-01 to 2027-03-31, notice by 2026-01-15?
the 30-day payment term: 30 days from invoice 00012345 or receipt?
Contract ref 01234 567890 ends in May, options?
our ref 07123456789 on the order form, is a reference needed?
Ticket 0800123456 says that the framework has expired
G-Cloud 14 lot 3, service ID 123456789012345, can we call off for 36 months?
service 987654321098765 on the Digital Marketplace shows no price
Mr Justice Fraser's ruling in 2016 on scoring: what did it change?
Smith & Jones Ltd and O'Brien Consulting were excluded, how long for?
Does Dr Foster's report count as market engagement?
Who is Mary Seacole House, 20 High Street, registered as?
paragraph 4.2.1.3 of schedule 7 part 2
CCS RM3808, RM6100, RM6116: which one has 4G failover
YPO 001122 or ESPO 394_21?
NHS framework NOE.0525 - may councils use it?
NHS number of suppliers on the list is 42, is that competition?
born-digital records: retention after contract end?
Does the sort order of criteria or the account structure have to be published?
account management fee of 12,500 a year: part of the value?
card payments: is PCI DSS 4.0.1 a must for our supplier?
National insurance rise in 2025: may the supplier put up its price?
Is home working at the supplier's site 12 a change to the contract?
contract number 2023-00451-B was extended twice, total 4,890,000
lots 1-12, 3 suppliers each, 48 months, £1.2bn cap
the tender closed 12:00 noon 31/10/2025; a bid came 12:00:42
SIC code 62020 and 62090, are these SMEs?
""".strip().splitlines()

_TEMPLATES = (
    "Does {framework} allow a direct award above {money}?",
    "Is {money} over the threshold when {money} was already spent with the firm in {year}?",
    "notice {notice} says {date}, must we wait longer",
    "{section} and {section}: which applies to a contract of {money}?",
    "we pay {money} a year for {count} users until {date}, do we aggregate",
    "supplier with company number {company} is on {framework}; can we call off before {date}?",
    "what changed in {ppn} on {date}?",
    "contract {reference} worth {money} was published as {notice}. Do we need a change notice?",
    "PO {order} and PO {order} together make {money} - one requirement or two?",
    "site UPRN {uprn}, postcode {postcode}, value {money}: works or services?",
    "order {order} under lot {count} of {framework} from {date} to {date}",
    "can {office} be named in notice {notice}",
)


def _fills(chance: random.Random) -> dict[str, str]:
    number, year = chance.randrange(1000, 9_999_999), chance.randrange(2015, 2028)
    day, month = chance.randrange(1, 29), chance.randrange(1, 13)
    digits = "".join(str(chance.randrange(10)) for _ in range(14))
    section, part = chance.randrange(1, 130), chance.randrange(1, 9)
    return {
        "framework": chance.choice(["RM6259", "RM1557.14", "RM1043.8", "RM6100", "G-Cloud 14", f"RM{digits[:4]}.{part}", f"YPO {digits[:6]}"]),
        "money": chance.choice([f"£{number:,}", f"£{number}", f"{number:,}.00", f"£{number // 1000}k", f"{number} GBP", f"£{number / 1e6:.2f}m"]),
        "year": str(year),
        "notice": chance.choice([f"{year}/S 000-{digits[:6]}", f"ocds-h6vhtk-{digits[:6]}", f"{digits[:6]}-{year}", f"{year}/S {digits[:3]}-{digits[3:9]}"]),
        "date": chance.choice([f"{day:02}/{month:02}/{year}", f"{day} March {year}", f"{year}-{month:02}-{day:02}", f"{day:02}.{month:02}.{year}", f"{day:02}-{month:02}-{year % 100}"]),
        "section": chance.choice([f"section {section}({part})", f"regulation {section}({part})(a)", f"Article {section}.{part}", f"s.{section}", f"paragraph {section}.{part}.{day}"]),
        "count": str(chance.randrange(1, 5000)),
        "company": chance.choice([f"0{digits[:7]}", f"SC{digits[:6]}", f"OC{digits[:6]}", digits[:8]]),
        "ppn": chance.choice([f"PPN 0{digits[:2]}", f"PPN 0{part}/2{month % 6}", "PPN 017"]),
        "reference": chance.choice([f"{year}-{digits[:5]}", f"C-{year}-{digits[:6]}", f"ref 0{digits[:9]}", f"IT/{digits[:4]}/{part}", f"REF{digits[:10]}"]),
        "order": chance.choice([f"45{digits[:8]}", digits[:10], f"0{digits[:10]}", f"PO{digits[:7]}"]),
        "uprn": digits[: chance.choice([11, 12])],
        "postcode": chance.choice(["LS1 1UR", "SW1A 2AS", "NE1 8QH", "B1 1BB", "CF10 4UW"]),
        "office": chance.choice(["procurement@council.example", "tenders@north.gov.uk", "it.procurement@example.gov.uk", "the helpdesk"]),
    }  # fmt: skip


def make(count: int, seed: int) -> list[str]:
    """Our own words first, then templates with new figures each time."""
    chance = random.Random(seed)
    made = [_fill(chance, chance.choice(_TEMPLATES)) for _ in range(count - len(_OWN_WORDS))]
    return _OWN_WORDS + made


def _fill(chance: random.Random, template: str) -> str:
    # A template may name a field twice: each place gets its own value.
    while "{" in template:
        start, end = template.index("{"), template.index("}")
        template = template[:start] + _fills(chance)[template[start + 1 : end]] + template[end + 1 :]
    return template
