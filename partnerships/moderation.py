"""Signs that an offer was sent by a machine or in bad faith. They hold it for a look; a person decides.

Pure: texts and counts in, slugs out.
"""

import re

MOST_LINKS = 2
MOST_OFFERS_A_DAY = 5
SHORTEST_TEXT = 20  # letters of title and description together
LINK = re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|net|org|io|ru|cn|top|xyz|shop)\b", re.IGNORECASE)


def signs_of_abuse(text: str, *, same_text_elsewhere: bool, offers_today: int) -> list[str]:
    """Slugs of what is odd, in this order: links, no_words, repeated, many. Empty for an ordinary offer."""
    letters = sum(character.isalpha() for character in text)
    found = {
        "links": len(LINK.findall(text)) > MOST_LINKS,
        "no_words": letters < SHORTEST_TEXT,
        "repeated": same_text_elsewhere,
        "many": offers_today > MOST_OFFERS_A_DAY,
    }
    return [slug for slug, is_found in found.items() if is_found]
