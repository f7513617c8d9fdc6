"""Names of products taken apart: how many a pack holds, and what is in it."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

_COUNT = r"(?P<count>[1-9]\d{0,2})"
_PACKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_COUNT}\s*-?\s*er[\s-]*(?:set|pack|packung|box|bundle)\b",
        rf"\b{_COUNT}\s*-?\s*(?:pack|pk|packs|pck)\b",
        rf"\b(?:multi)?(?:pack|set|box|bundle|lot|case)\s*(?:of|/|à|a|von|mit|x)\s*{_COUNT}\b",
        rf"(?:^|\s|\()[x\u00d7]\s?{_COUNT}(?=$|\s|\))",
        rf"(?:^|\(|\s){_COUNT}\s?[x\u00d7](?=\s)",
        rf"\b{_COUNT}\s*-?\s*(?:set|bundle)\b",
    )
)
_WORDS = {
    "twin pack": 2, "twinpack": 2, "double pack": 2, "doppelpack": 2, "duo pack": 2, "duopack": 2, "triple pack": 3,
    "trio pack": 3, "dreierpack": 3, "zweierpack": 2,
}  # fmt: skip
_UNCOUNTED = re.compile(r"\b(?:multi-?pack|bundle|value pack|vorteilspack)\b")
_FILLERS = frozenset({"a", "an", "the", "of", "and", "&", "with", "in", "von", "mit", "und", "der", "die", "das"})
_SHORT = 4
"""Words up to this long must be the same: colours and sizes differ by a letter."""

_LOOSE = re.compile(r"\(\s*\)|\s[-,;:/]+(?=\s|$)|[-,;:/]+\s|[-,;:/(]+$")
LARGEST_PACK = 144


@dataclass(frozen=True)
class PackName:
    """A name that speaks of a pack.

    Attributes
    ----------
    count: how many it holds; None where it does not say.
    rest: the words left.
    said: the words that said so.
    """

    count: int | None
    rest: str
    said: str


def parse_pack(name: str) -> PackName | None:
    """What a name says of a pack; None where it says nothing.

    >>> parse_pack("Assam tea 250 g, 5-pack")
    PackName(count=5, rest='assam tea 250 g', said='5-pack')
    >>> parse_pack("Assam tea 250 g") is None
    True
    """
    text = _plain(name)
    for words, count in _WORDS.items():
        if re.search(rf"\b{words}\b", text):
            return PackName(count, _plain(text.replace(words, " ")), words)
    for pattern in _PACKS:
        found = pattern.search(text)
        if found and 1 < int(found["count"]) <= LARGEST_PACK:
            rest = _plain(text[: found.start()] + " " + text[found.end() :])
            return PackName(int(found["count"]), rest, found[0].strip(" ()"))
    uncounted = _UNCOUNTED.search(text)
    if uncounted:
        return PackName(None, _plain(_UNCOUNTED.sub(" ", text)), uncounted[0])
    return None


def words_of(name: str) -> list[str]:
    """Words and numbers that tell products apart, sorted."""
    found = re.findall(r"\d+(?:[.,]\d+)?|[^\W\d_]+", _plain(name))
    return sorted(word for word in found if word not in _FILLERS)


def is_same_product(first: str, second: str) -> bool:
    """Whether two names have the same words: numbers and short words alike, long ones but for a letter or an ending.

    >>> is_same_product("Tea cups, red 0.3 l", "red tea cup 0.3 l"), is_same_product("Tea cup red", "Tea cup blue")
    (True, False)
    """
    left, right = words_of(first), words_of(second)
    if not left or len(left) != len(right) or not any(word.isalpha() for word in left):
        return False
    for word in left:
        alike = next((other for other in right if _same_word(word, other)), None)
        if alike is None:
            return False
        right.remove(alike)
    return True


def name_similarity(first: str, second: str) -> float:
    """How alike two names are, from 0 to 100, whatever the order of their words."""
    return float(fuzz.token_sort_ratio(_plain(first), _plain(second)))


def common_words(first: str, second: str) -> float:
    """Words that both names have, as a share of the words of either.

    >>> common_words("Kettle Pro v1", "Kettle Pro v2")
    0.6
    """
    left, right = set(words_of(first)), set(words_of(second))
    return len(left & right) / max(len(left | right), 1)


def _same_word(first: str, second: str) -> bool:
    if first == second or first + "s" == second or second + "s" == first:
        return True
    if min(len(first), len(second)) <= _SHORT or not (first.isalpha() and second.isalpha()):
        return False
    return fuzz.ratio(first, second) >= 88


def _plain(name: str) -> str:
    """Lower case, single blanks, no brackets around nothing, no punctuation that stands alone or ends a word."""
    text = name.casefold().replace("\u2013", "-")
    return re.sub(r"\s+", " ", _LOOSE.sub(" ", text)).strip(" ,;:-")
