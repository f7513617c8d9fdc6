"""How well a text fits the letters of one language, by which a wrong encoding shows.

A file that is read in another encoding than it was written in still gives letters, but such as no language has
together, in the wrong case within words, or rare ones.
"""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import combinations, pairwise

_LATIN: Mapping[str, str] = {
    "German": "äöüß", "French": "àâæçéèêëîïôœùûüÿ", "Spanish": "áéíóúüñ", "Portuguese": "áâãàçéêíóôõúü",
    "Italian": "àèéìíîòóùú", "Dutch": "áéëïóöüè", "Danish": "æøåé", "Swedish": "åäöé", "Icelandic": "áðéíóúýþæö",
    "Polish": "ąćęłńóśźż", "Czech": "áčďéěíňóřšťúůýž", "Slovak": "áäčďéíĺľňóôŕšťúýž", "Hungarian": "áéíóöőúüű",
    "Romanian": "ăâîșțşţ", "Turkish": "çğ\u0131iöşüâîû", "Slovene": "čšžćđ", "Estonian": "äõöüšž",
    "Lithuanian": "ąčęėįšųūž", "Latvian": "āčēģīķļņšūž",
}  # fmt: skip
_CYRILLIC: Mapping[str, str] = {
    "Russian": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "Ukrainian": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "Bulgarian": "абвгдежзийклмнопрстуфхцчшщъьюя", "Serbian": "абвгдђежзијклљмнњопрстћуфхцчџш",
}  # fmt: skip
_GREEK = "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"
_SIGNS = frozenset("€£¥§©®™°²³µ·½¼¾«»¿¡№ºª•…„“”\u00d7\u2013\u2014\u2018\u2019\u201a\u00a0")
_OUTSIDE_WORDS = 0.9
_RARE = 0.3
_TWO_WESTERN, _GERMAN_AND_EASTERN = 0.97, 0.85
_WORD = re.compile(r"[^\W\d_]+")
_INSIDE_WORD = re.compile(
    r"(?<=[^\W\d_])[^\x00-\x7f\w\u2019\u2018\u00b7](?=[^\W\d_])|(?<=[^\W\d_])[\u00b2\u00b3\u00b9](?=[^\W\d_])"
)
_EAST_ASIAN = {"Japanese": ("euc_jp", 0xCF), "Chinese": ("gb2312", 0xD7), "Taiwanese": ("big5", 0xC6)}
"""A character set of each language, and the last row of its common characters."""


def fitness(text: str) -> float:
    """Share of the letters and signs beyond ASCII that fit one language, 0 to 1; 1 where there are none.

    Parameters
    ----------
    text: decoded, of some kilobytes.

    >>> fitness("Müller"), fitness("Mٚller") < 0.5, fitness("CafÈ") < 0.6
    (1.0, True, True)
    """
    words = Counter(_WORD.findall(text))
    signs = Counter(sign for sign in text if not sign.isascii() and not sign.isalpha())
    counted = sum(signs.values())
    inside = Counter(_INSIDE_WORD.findall(text))
    by_signs = sum((count - inside[sign]) * _sign_score(sign) for sign, count in signs.items())
    letters = {word: count * sum(not sign.isascii() for sign in word) for word, count in words.items()}
    letters = {word: count for word, count in letters.items() if count}
    total = counted + sum(letters.values())
    if total == 0:
        return 1.0
    natural = {word: _case_score(word) for word in letters}
    best = max(
        weight * sum(count * natural[word] * _share_of(word, language) for word, count in letters.items())
        for language, weight in _languages().items()
    )
    return (by_signs + best) / total


@cache
def _languages() -> Mapping[str, float]:
    """Languages, and pairs of those that one file often has, with their weight."""
    western = list(_LATIN)[:8]
    alone = dict.fromkeys((*_LATIN, *_CYRILLIC, "Greek", *_EAST_ASIAN, "Korean"), 1.0)
    neighbours = {" ".join(pair): _TWO_WESTERN for pair in combinations(western, 2)}
    return alone | neighbours | {f"German {other}": _GERMAN_AND_EASTERN for other in list(_LATIN)[8:]}


@cache
def _alphabet(language: str) -> frozenset[str]:
    letters = "".join(_LATIN.get(each) or _CYRILLIC.get(each) or "" for each in language.split())
    letters += _GREEK if language == "Greek" else ""
    return frozenset(letters + letters.upper() + ("İ" if language == "Turkish" else ""))


def _share_of(word: str, language: str) -> float:
    """How many of a word's letters beyond ASCII are of a language; a word of two alphabets is of none."""
    beyond = [sign for sign in word if not sign.isascii()]
    if language in _EAST_ASIAN or language == "Korean":
        return sum(_east_asian_score(sign, language) for sign in beyond) / len(beyond)
    if language in (*_CYRILLIC, "Greek") and len(beyond) < len(word):
        return 0.0
    return sum(sign in _alphabet(language) for sign in beyond) / len(beyond)


def _east_asian_score(sign: str, language: str) -> float:
    if "\uac00" <= sign <= "\ud7a3":
        return 1.0 if language == "Korean" and sign.encode("cp949")[0] >= 0xB0 else 0.0
    if "\u3040" <= sign <= "\u30ff":
        return 1.0 if language == "Japanese" else 0.0
    if language == "Korean" or not ("\u3005" <= sign <= "\u3007" or "\u4e00" <= sign <= "\u9fff"):
        return 0.0
    charset, last = _EAST_ASIAN[language]
    try:
        return _OUTSIDE_WORDS if sign.encode(charset)[0] <= last else _RARE
    except UnicodeEncodeError:
        return 0.0


def _case_score(word: str) -> float:
    """1 for words in small letters, capitals, or with a capital first; less where a capital follows a small letter."""
    if len(word) == 1 and not word.isascii() and word.isupper():
        return 0.5
    return 0.5 if any(a.islower() and b.isupper() for a, b in pairwise(word)) else 1.0


def _sign_score(sign: str) -> float:
    is_full_width = "\u3000" <= sign <= "\u303f" or "\uff00" <= sign <= "\uff60"
    return _OUTSIDE_WORDS if sign in _SIGNS or is_full_width else 0.0
