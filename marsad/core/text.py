"""Arabic and English words made comparable: what people type alike, spell alike or mean to be one word becomes one string.

The rules are the tables below; everything else follows from what Unicode says of a character. Nothing here is for display.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

LETTERS: Mapping[str, str] = {
    "ا": "آأإٱٲٳ",  # hamza over, under and joined
    "و": "ؤۆۇۋ",
    "ي": "ئىیېےۓ",  # hamza on its chair, alef maqsura, Persian and Urdu yeh
    "ه": "ةۀۃەہھ",  # taa marbuta, written as haa by many
    "ك": "کڪگ",
    "ب": "پ",  # letters of loanwords, which are also written with the Arabic ones
    "ج": "چ",
    "ز": "ژ",
    "ف": "ڤ",
    "ق": "ڨ",
}
"""A letter and those that count as the same letter."""

SILENT = (
    "\u0640"  # tatweel
    "ء"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"  # diacritics, Quranic marks
    "\u0300-\u036f"  # accents of Latin letters
    "'’‘ʼʹ`ʻʿʾ"  # apostrophes: people's, Sharqi'a
)
"""Characters, and ranges of them, that are left out; so is every mark of direction and of no width (Unicode's class Cf)."""

ARTICLES: tuple[tuple[str, int], ...] = (
    ("وال", 3),
    ("بال", 3),
    ("فال", 3),
    ("كال", 3),
    ("ولل", 3),
    ("ال", 2),
    ("لل", 2),
)
"""The definite article with what is written together with it, and how many letters at least stay behind it."""

SMALL_WORDS = frozenset(
    ["في", "من", "عن", "الي", "مع", "او", "و", "the", "of", "and", "for", "in", "a", "an", "to", "at", "on", "by"]
)
"""Words nobody searches for, unless there are no others."""

ORDER: Mapping[str, str] = {"ت": "ةۃ", "ء": "ء"}
"""Where alphabetical order differs from `LETTERS` and `SILENT`: taa marbuta is a taa, and hamza alone is the first letter."""

DIGITS_TO_SORT = 10
STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
NUMBER = re.compile(r"[0-9]+")


class Folding(dict[int, str]):
    """What becomes of each character: its rule where it has one, else by its Unicode class; found once, then looked up."""

    def __missing__(self, code: int) -> str:
        """Return what becomes of a character that no rule names."""
        self[code] = folded = by_class(chr(code))
        return folded


def by_class(character: str) -> str:
    """Return a letter or mark as it is, a digit of any script as 0 to 9, nothing for what has no width, else a space."""
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if kind[0] in "LMN":
        return character
    return "" if kind == "Cf" else " "


def folding(*, instead: Mapping[str, str]) -> Folding:
    """Return the rules as one table; `instead` overrules them."""
    rules = Folding({ord(one): "" for one in members(SILENT)})
    for table in (LETTERS, instead):
        rules |= {ord(other): letter[0] for letter, others in table.items() for other in others}
    return rules


def members(ranges: str) -> list[str]:
    """Return single characters for characters and ranges of them.

    >>> members("xa-c")
    ['x', 'a', 'b', 'c']
    """
    found = re.findall(r"(.)(?:-(.))?", ranges)
    return [chr(code) for first, last in found for code in range(ord(first), ord(last or first) + 1)]


TO_SEARCH = folding(instead={})
TO_SORT = folding(instead=ORDER)


def fold(text: str, rules: Folding) -> str:
    """Return words in one case, folded by the rules, with one space between them."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", " ".join(plain.translate(rules).split()))


def normalise(text: str) -> str:
    """Return a text so that spellings of the same words are equal; folded twice it is what it was.

    >>> normalise("هَيْئَةُ الطُّرُق"), normalise("هيئه الطرق"), normalise("ﻫﻴﺌﺔ  الطـــرق،")
    ('هييه الطرق', 'هييه الطرق', 'هييه الطرق')
    >>> normalise("إصدار رخصة (٢٠٢٦)"), normalise("اصدار رخصه ۲۰۲۶")
    ('اصدار رخصه 2026', 'اصدار رخصه 2026')
    >>> normalise("Café – PEOPLE'S Office"), normalise("ﻻ"), normalise("مستشفى\u200f")
    ('cafe peoples office', 'لا', 'مستشفي')
    """
    return fold(text, TO_SEARCH)


def search_tokens(text: str) -> tuple[str, ...]:
    """Return the words to search by: normalised, no letter stretched, without the article and small words.

    >>> search_tokens("الهيئة العامة للموانئ والجمارك")
    ('هييه', 'عامه', 'مواني', 'جمارك')
    >>> search_tokens("the Centre of Excellence"), search_tokens("جميييل جداااا"), search_tokens("The")
    (('centre', 'excellence'), ('جميل', 'جدا'), ('the',))
    """
    words = tuple(until_still(without_article, unstretched(word)) for word in normalise(text).split())
    return tuple(word for word in words if word not in SMALL_WORDS) or words


def search_key(text: str) -> str:
    """Return the words to search by, as one text to store beside the one they were made from.

    >>> search_key("مركز سعادة المتعاملين — المُزْهِر")
    'مركز سعاده متعاملين مزهر'
    """
    return " ".join(search_tokens(text))


def unstretched(word: str) -> str:
    """Return a word with a letter written three times or more written once; a word of one letter is left (III, www).

    >>> unstretched("شكرااااا"), unstretched("iii"), unstretched("2000")
    ('شكرا', 'iii', '2000')
    """
    return STRETCHED.sub(r"\1", word) if len(set(word)) > 1 else word


def without_article(word: str) -> str:
    """Return a normalised word without the article it begins with, where enough of it is left.

    >>> [without_article(word) for word in ("العين", "والنقل", "للحج", "الي", "والد", "the")]
    ['عين', 'نقل', 'حج', 'الي', 'والد', 'the']
    """
    for article, least in ARTICLES:
        if word.startswith(article) and len(word) >= len(article) + least:
            return word[len(article) :]
    return word


def until_still(change: Callable[[str], str], word: str) -> str:
    """Return a word changed again and again until it stays the same.

    With hamza folded, ألعاب looks as if it began with the article; taking every one away, it still meets الألعاب.

    >>> until_still(without_article, "الالعاب") == until_still(without_article, "العاب")
    True
    """
    while (changed := change(word)) != word:
        word = changed
    return word


def sort_key(text: str) -> str:
    """Return a text whose order by code points is the alphabetical order of the original, Arabic after Latin, 2 before 10.

    >>> sorted(["هيئة", "وزارة", "أمانة", "دائرة", "إدارة", "بلدية", "مركز 10", "مركز 2"], key=sort_key)
    ['إدارة', 'أمانة', 'بلدية', 'دائرة', 'مركز 2', 'مركز 10', 'هيئة', 'وزارة']
    """
    return NUMBER.sub(lambda number: number[0].zfill(DIGITS_TO_SORT), fold(text, TO_SORT))


def tidy(text: str) -> str:
    """Return a name as it is kept: composed, on one line, without what nobody sees or spaces at its ends.

    >>> tidy("  \u200fمركز\u2003خدمة\x7f ")
    'مركز خدمة'
    """
    visible = "".join(one for one in " ".join(text.split()) if unicodedata.category(one) not in ("Cf", "Cc", "Cs"))
    return unicodedata.normalize("NFC", " ".join(visible.split()))
