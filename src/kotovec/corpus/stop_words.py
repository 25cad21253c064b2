"""Words that say little about what a text is about: lists by language, and lists from files."""

from __future__ import annotations

import os

from kotovec.errors import ConfigError

_ENGLISH = """
a about above across after again against all almost along already also although always am among an and another any
anybody anyone anything anywhere are aren't around as at away
back be became because become becomes been before behind being below beside besides between beyond both but by
can can't cannot could couldn't
did didn't do does doesn't doing don't done down during
each either else enough even ever every everybody everyone everything everywhere except
few for from further furthermore
get gets getting given go goes going gone got
had hadn't has hasn't have haven't having he he'd he'll he's hence her here here's hers herself him himself his how
how's however
i i'd i'll i'm i've if in indeed instead into is isn't it it'd it'll it's its itself
just
least less let let's like likely
made make makes many may maybe me meanwhile might mightn't mine more moreover most mostly much must mustn't my
myself namely near nearly neither never nevertheless next no nobody none nonetheless nor not nothing now nowhere
of off often on once one ones only onto or other others otherwise ought our ours ourselves out over own
per perhaps please put
quite
rather re really regarding
same say says seem seemed seems several shall shan't she she'd she'll she's should shouldn't since so some somebody
somehow someone something sometime sometimes somewhere soon still such
than that that'll that's the their theirs them themselves then there there's therefore these they they'd they'll
they're they've this those though through throughout thus till to together too toward towards
under unless unlike until up upon us used using usually
various versus very via
was wasn't we we'd we'll we're we've well were weren't what what's whatever when whenever where where's whereas
wherever whether which whichever while who who's whoever whole whom whose why will with within without won't would
wouldn't
yes yet you you'd you'll you're you've your yours yourself yourselves
"""

LANGUAGES = {"en": _ENGLISH}


def stop_words(source: str | os.PathLike[str]) -> frozenset[str]:
    """The stop words of a language (`en`), or of a file: UTF-8, separated by white space.

    ConfigError where the source is neither; it lists the languages.
    """
    if source in LANGUAGES:
        return frozenset(LANGUAGES[str(source)].split())
    try:
        with open(source, encoding="utf-8-sig") as file:
            return frozenset(file.read().split())
    except (OSError, ValueError) as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else getattr(error, "strerror", None) or error
        raise ConfigError(
            f"no stop words {os.fspath(source)!r}",
            expected=f"a language ({', '.join(LANGUAGES)}) or a file of words",
            found=str(reason),
        ) from error
