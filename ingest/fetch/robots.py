"""What a site's robots.txt lets us read: RFC 9309, parsed by Protego because the standard library knows no wildcards."""

from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from ingest.fetch.address import Target
from ingest.fetch.errors import FetchFailed, FetchRefused, SiteUnreachable
from ingest.fetch.visit import USER_AGENT, Reply

LARGEST = 512 * 2**10
# Protego keeps a copy of each rule for each user agent of its group: the product is what a hostile file can blow up.
_MOST_RULES = 2_000_000


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of one site, none where it sets none, or why they are not known."""

    parser: Protego | None
    failure: FetchRefused | SiteUnreachable | None = None


class Robots:
    """Reads robots.txt once a site."""

    def __init__(self, get: Callable[[str], Reply]) -> None:
        self._get = get
        self._rules: dict[str, _Rules] = {}

    def check(self, target: Target) -> float:
        """The delay between visits that the site asks for, in seconds; 0 where it asks for none.

        Raises:
            FetchRefused: the site asks not to read this page, or its robots.txt leads where we don't go.
            SiteUnreachable: its robots.txt can't be read, which RFC 9309 (2.3.1.4) takes for "nothing may be read".
        """
        site = f"{target.url.scheme}://{target.host}"
        if site not in self._rules:
            self._rules[site] = self._read(f"{site}/robots.txt")
        rules = self._rules[site]
        if rules.failure is not None:
            raise rules.failure
        if rules.parser is None:
            return 0.0
        if not rules.parser.can_fetch(str(target.url), USER_AGENT):
            raise FetchRefused(
                f"{target.host} asks programs, in its robots.txt, not to read this page. "
                "Save it in a browser, and add it with “ingest add”."
            )
        return rules.parser.crawl_delay(USER_AGENT) or 0.0

    def _read(self, url: str) -> _Rules:
        try:
            reply = self._get(url)
        except FetchRefused as error:
            return _Rules(None, FetchRefused(f"{url} is not read: {error}"))
        except FetchFailed as error:
            return _Rules(None, SiteUnreachable(f"{url} can't be read, and without it nothing is: {error}"))
        if not 200 <= reply.status < 300:
            return _Rules(None)  # RFC 9309 (2.3.1.3): a site that has none, or shows it to nobody, sets no rules
        text = reply.body.decode("utf-8-sig", errors="replace")
        lines = text.splitlines()
        agents = sum(line.lstrip().lower().startswith("user") for line in lines)
        if agents * len(lines) > _MOST_RULES:
            return _Rules(None, SiteUnreachable(f"{url} holds too many rules to be read, and without it nothing is."))
        return _Rules(Protego.parse(text))
