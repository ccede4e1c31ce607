"""What identifies people in what they wrote, found so that it can be masked: addresses, numbers of any script, and names.

Numbers are found by their form, names by what announces them (my name is, Mr, اسمي, الموظف): no list of names is consulted. It
rather masks a word too much than a person too few; a name that nothing announces is not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from marsad.core.text import LETTERS

EMAIL, IDENTITY, ACCOUNT, CARD, PHONE, NUMBER, NAME = "email", "identity", "account", "card", "phone", "number", "name"
KINDS = (EMAIL, IDENTITY, ACCOUNT, CARD, PHONE, NUMBER, NAME)
"""What is found, the surest first: what overlaps is one, of the first of its kinds."""


class Span(NamedTuple):
    """A piece of a text, from `start` to before `end`, and what it is."""

    start: int
    end: int
    kind: str


GAP = r"[ \u00a0._/()-]{0,3}"
"""What people put between the digits of one number."""
YEAR = r"(?:19|20)\d\d"
DATE = re.compile(rf"(?<!\d)(?:\d{{1,2}}([-/.])\d{{1,2}}\1{YEAR}|{YEAR}([-/.])\d{{1,2}}\2\d{{1,2}})(?!\d)")
FEWEST_IN_ACCOUNT, FEWEST_IN_NUMBER = 10, 7
"""So many digits an account number has at least, and any other number besides the dates in it."""
CARD_LENGTHS = range(13, 20)
"""Digits of a payment card (ISO/IEC 7812)."""

FORMS: Mapping[str, re.Pattern[str]] = {
    EMAIL: re.compile(r"(?<![\w.+%-])[\w.+%-]++ ?(?:@|\(at\)|\[at\]) ?[\w-]+(?: ?\. ?\w{2,})+"),
    IDENTITY: re.compile(rf"(?<!\d)784(?:{GAP}\d){{12}}(?!\d)"),
    ACCOUNT: re.compile(r"(?<!\w)[a-z]{2}\d{2}(?:[ -]?[a-z\d]{2,4}){3,8}(?!\w)"),
    PHONE: re.compile(
        rf"(?<![\d+])(?:(?:\+|00){GAP}\d(?:{GAP}\d){{6,14}}|0{GAP}5(?:{GAP}\d){{8}}|0{GAP}[2-9](?:{GAP}\d){{7}}|5\d(?:{GAP}\d){{7}})(?!\d)"
    ),
    NUMBER: re.compile(rf"(?<!\d)\d(?:{GAP}\d){{6,}}(?!\d)"),
}
"""How each is written, in digits of 0 to 9 and small letters. Emirates ID 784-YYYY-NNNNNNN-C; telephone numbers of the UAE
(mobile 05x, towns 02 to 09, and from abroad); any other run of seven digits may be a file, a licence or a passport."""

LATIN, ARABIC = r"[^\W\d_\u0600-\u06ff][\w'’-]*", r"[\u0620-\u064a]{2,}"


def words_of(*lines: str) -> frozenset[str]:
    """Return the words in some lines."""
    return frozenset(" ".join(lines).split())


JOINING = words_of("al el bin bint ibn abu abdul abdel de von van ال بن بنت ابن ابو ام عبد")
"""Words that go on to the next word of a name."""
LONGEST_NAME = 3
"""Words of a name that are masked; those that join do not count."""
SAYS_NAME = re.compile(
    r"\b(?:(?:my|his|her|whose|the) name(?:'s| is| was)?|name ?:|(?:i am|i'm|this is) (?:mr|mrs|ms|dr)|named|called)[ :]+"
)
TITLES = re.compile(r"\b(?:mr|mrs|ms|miss|mister|dr|doctor|eng|engineer|prof|capt|captain|lt|sgt|sheikh|sheikha)\b\.? +")
MEETS = re.compile(
    r"\b(?:employee|agent|officer|receptionist|clerk|cashier|manager|supervisor|representative|colleague|staff|brother|sister|"
    r"sir|madam|thanks to|thank you|thanks|ask for|regards),? +(?:called |named )?"
)
"""What a name may follow; here only words with a capital letter are names."""
ARABIC_SAYS_NAME = re.compile(
    r"(?<!\w)(?:و|ف)?(?:(?:انا )?اسم(?:ي|ه|ها|ك)|(?:ال)?مدعوه?|(?:ي|ت)دع[يى]|باسم|"
    r"(?:ال|لل|بال)?(?:سيد|استاذ|دكتور|مهندس|شيخ|اخ|اخت|ضابط)ه?|[دام]\.) *:? +(?:هو |هي )?"
)
ARABIC_MEETS = re.compile(
    r"(?<!\w)(?:و|ف)?(?:ال|لل|بال|ل|ب)?(?:موظف|مدير|مشرف|مسؤول|مسوول|مسيول|مراجع|مندوب|كاتب|محاسب|زميل|شرطي)ه? +"
)
"""The same in Arabic, which has no capitals: after these a word counts as a name unless it looks like any other."""
NO_NAMES = words_of(
    "the this that these those it its i we you they he she my your his her our their a an and or but for with of in on at to",
    "from by is was are were be been has had have did do does not no so very too all everyone everybody team god allah marsad",
    "please who which when where what how why there here then again also just only really always never much",
    "في من عن على الى مع او و ثم لم لن لا ما ان كان كانت كانو هو هي هم هذا هذه ذلك تلك الذي التي الذين كل بعض جدا فقط ايضا",
    "غير بدون قبل بعد عند عندما حتى لكن لان قد سوف هناك هنا انه انها لديه لديها اكثر اقل قام قامت قال قالت اخبرني طلب طلبت",
    "رفض رفضت ساعدني ساعدتني ساعد ساعدت شرح شرحت انهى انهت اجاب اجابت رد ردت وقف جلس ذهب دايما ابدا كثير قليل واحد وحيد",
    "محترم محترمه خلوق خلوقه لطيف لطيفه ممتاز ممتازه مهذب مهذبه بشوش بشوشه راقي راقيه رايع رايعه جيد جيده سيء سييه سريع",
    "سريعه بطيء بطييه صبور صبوره مبتسم مبتسمه مشغول مشغوله ودود ودوده مفيد مفيده سلبي سلبيه عصبي عصبيه فظ وقح وقحه خدمه الخدمه",
)
"""Words that no name begins or goes on with."""
VERBAL = re.compile(r"(?:[يتن]\w{3,}|مت\w+|مست\w+|وال\w+|بال\w+|لل\w+|ال\w+|لي|له|لها|لنا|معي|معنا|\w+(?:ين|ون|ات))$")
"""Arabic words that are verbs, participles, definite or plural, rather than names."""
YET_NAMES = words_of(
    "ياسر ياسين يوسف يونس يحيى يعقوب يزيد تركي تامر تهاني تغريد نوره ناصر نادر نايف نواف نبيل نجلاء نهيان حسين امين ياسمين",
    "سلطان حنين فرات متعب",
)
"""Names that look like those."""


def masked(text: str, words: Mapping[str, str]) -> str:
    """Return a text with all that identifies people replaced, each by the word for its kind of `KINDS`.

    >>> masked("Call Mr. Khalid on ٠٥٠ ١٢٣ ٤٥٦٧", {"name": "[name]", "phone": "[phone]"})
    'Call Mr. [name] on [phone]'
    """
    parts, done = [], 0
    for start, end, kind in found(text):
        parts += [text[done:start], words[kind]]
        done = end
    return "".join([*parts, text[done:]])


def found(text: str) -> list[Span]:
    """Return what identifies people in a text, in its order and without overlap."""
    plain, places = flattened(text)
    joined: list[Span] = []
    for span in sorted([*numbers(plain.lower()), *names(plain)]):
        if joined and span.start < joined[-1].end:
            last = joined.pop()
            span = Span(last.start, max(last.end, span.end), min(last.kind, span.kind, key=KINDS.index))
        joined.append(span)
    return [Span(places[one.start], places[one.end - 1] + 1, one.kind) for one in joined]


def flattened(text: str) -> tuple[str, list[int]]:
    """Return a text in plain letters and digits, and where in the text each of its characters stands.

    Digits of any script become 0 to 9, forms of a letter that letter; marks, stretching and what has no width are left out.
    """
    characters, places = [], []
    for place, character in enumerate(text):
        for one in unicodedata.normalize("NFKC", character):
            flat = PLAIN.get(one, str(unicodedata.decimal(one, one)))
            if unicodedata.category(one) not in ("Mn", "Cf") and flat != "\u0640":
                characters.append(flat)
                places.append(place)
    return "".join(characters), places


PLAIN = {other: letter for letter, others in LETTERS.items() for other in others if other != "ى"}
"""The plain letter of each letter; alef maqsura stays, since it tells a preposition from the name Ali."""


def numbers(plain: str) -> Iterator[Span]:
    """Yield addresses and numbers in a flattened text of small letters."""
    for kind, form in FORMS.items():
        for match in form.finditer(plain):
            digits = re.sub(r"\D", "", match[0])
            if kind == ACCOUNT and len(digits) < FEWEST_IN_ACCOUNT:
                continue
            if kind == NUMBER and len(re.sub(r"\D", "", DATE.sub("", match[0]))) < FEWEST_IN_NUMBER:
                continue
            yield Span(*match.span(), CARD if kind == NUMBER and is_card(digits) else kind)


def is_card(digits: str) -> bool:
    """Whether digits are the number of a payment card: of its length and with its check digit (Luhn; ISO/IEC 7812-1, annex B).

    >>> is_card("4111111111111111"), is_card("4111111111111112")
    (True, False)
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return len(digits) in CARD_LENGTHS and sum(one // 10 + one % 10 for one in doubled) % 10 == 0


def names(plain: str) -> Iterator[Span]:
    """Yield the names that something in a flattened text announces."""
    small = plain.lower()
    for announcing, word, certain in (
        (SAYS_NAME, LATIN, True),
        (TITLES, LATIN, True),
        (MEETS, LATIN, False),
        (ARABIC_SAYS_NAME, ARABIC, True),
        (ARABIC_MEETS, ARABIC, False),
    ):
        for match in announcing.finditer(small):
            end = end_of_name(plain, match.end(), re.compile(word), certain=certain)
            if end > match.end():
                yield Span(match.end(), end, NAME)


def end_of_name(plain: str, start: int, word: re.Pattern[str], *, certain: bool) -> int:
    """Return where a name that begins at a place ends: the place itself, where none does."""
    end, at, counted = start, start, 0
    while counted < LONGEST_NAME and (match := word.match(plain, at)):
        joins = match[0].lower() in JOINING
        if not joins and not is_name(match[0], certain=certain, first=end == start):
            break
        counted += not joins
        end = end if joins else match.end()
        space = re.compile(r" +|-").match(plain, match.end())
        at = space.end() if space else len(plain)
    return end


def is_name(word: str, *, certain: bool, first: bool) -> bool:
    """Whether a word may begin a name, or go on with one; where one is `certain` to begin, any word not known to be none."""
    if word.lower() in NO_NAMES:
        return False
    if first and certain:
        return True
    if "\u0600" <= word[0] <= "\u06ff":
        return word in YET_NAMES or not VERBAL.match(word) or (word.startswith("ال") and not first)
    return word[0].isupper()
