"""What identifies people in comments is masked, in Arabic and English and in digits of any script; all else stays."""

import time
from random import Random

import pytest

from marsad.core.masking import KINDS, found, masked

WORDS = {kind: f"[{kind}]" for kind in KINDS}
MASKED = [
    ("Call me on +971 50 123 4567 please", "Call me on [phone] please"),
    ("Call me on 00971501234567", "Call me on [phone]"),
    ("رقمي ٠٥٠١٢٣٤٥٦٧ للتواصل", "رقمي [phone] للتواصل"),
    ("رقمي ۰۵۰-۱۲۳-۴۵۶۷", "رقمي [phone]"),
    ("\u200e+971 (50) 123-4567\u200f", "\u200e[phone]\u200f"),
    ("the centre at 04-123 4567 never answers", "the centre at [phone] never answers"),
    ("from India +91 98765 43210", "from India [phone]"),
    ("write to fatima.ali+x@mail.example.ae today", "write to [email] today"),
    ("راسلوني على ahmed (at) gmail . com", "راسلوني على [email]"),
    ("my ID 784-1990-1234567-1 was refused", "my ID [identity] was refused"),
    ("هويتي ٧٨٤-١٩٩٠-١٢٣٤٥٦٧-١", "هويتي [identity]"),
    ("784199012345671", "[identity]"),
    ("refund to AE07 0331 2345 6789 0123 456", "refund to [account]"),
    ("الآيبان ae070331234567890123456", "الآيبان [account]"),
    ("paid by 4111 1111 1111 1111", "paid by [card]"),
    ("بطاقتي ٤١١١-١١١١-١١١١-١١١١", "بطاقتي [card]"),
    ("application 2026 123 4567", "application [number]"),
    ("passport N1234567 is lost", "passport N[number] is lost"),
    ("My name is Fatima Al Mansoori and I waited", "My name is [name] and I waited"),
    ("Mr. Khalid and Dr Smith-Jones helped", "Mr. [name] and Dr [name] helped"),
    ("the employee Rajesh Kumar was rude", "the employee [name] was rude"),
    ("Thanks to Mona at counter 4", "Thanks to [name] at counter 4"),
    ("اسمي محمد بن راشد العلي وانتظرت ساعة", "اسمي [name] وانتظرت ساعة"),
    ("الموظف أحمد لم يساعدني", "الموظف [name] لم يساعدني"),
    ("الموظفة سَارَة متعاونة", "الموظفة [name] متعاونة"),
    ("شكرا للموظف يوسف على تعاونه", "شكرا للموظف [name] على تعاونه"),
    ("والموظف علي رائع", "والموظف [name] رائع"),
    ("الأستاذة مريم الهاشمي كانت لطيفة", "الأستاذة [name] كانت لطيفة"),
    ("السيدة أم خالد لم تجد موقفا", "السيدة [name] لم تجد موقفا"),
    ("اسمها ريم، وهي ممتازة", "اسمها [name]، وهي ممتازة"),
]
KEPT = [
    "I waited 45 minutes at counter 12 on 12/05/2026, from 10:30 to 11:45.",
    "Twice, on 12/05/2026 10:30 and 2026-06-01 12.",
    "في 2026-05-12 دفعت 1,500 درهم وانتظرت ٤٥ دقيقة عند الكاونتر ١٢.",
    "The employee was rude. The manager is never there.",
    "Thank you. The service was good, and the staff are helpful.",
    "I am very happy; this is great!",
    "الموظف متعاون جدا والموظفة لطيفة.",
    "الموظف كان مشغولا، والمدير غير موجود.",
    "الموظفون متعاونون، والموظف الذي قابلته محترم.",
    "الخدمة سريعة والتطبيق سهل",
    "",
]


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_what_identifies_people_is_masked(text, expected):
    assert masked(text, WORDS) == expected


@pytest.mark.parametrize("text", KEPT)
def test_what_identifies_nobody_stays(text):
    assert masked(text, WORDS) == text


def test_a_text_without_what_was_found_says_nothing_more():
    for text, _expected in MASKED:
        once = masked(text, dict.fromkeys(KINDS, "…"))
        assert masked(once, dict.fromkeys(KINDS, "…")) == once


def test_no_long_number_is_left_however_it_is_written():
    dice = Random(7)
    for _time in range(500):
        zero = ord(dice.choice("0٠۰०０"))
        digits = [chr(zero + dice.randrange(10)) for _digit in range(dice.randrange(9, 16))]
        text = "x " + "".join(digit + dice.choice(["", "", "", " ", "_", "("]) for digit in digits)
        assert sum(one.end - one.start for one in found(text)) >= len(digits), text


def test_a_long_text_of_digits_and_letters_takes_no_time():
    for piece in ("0", "1 ", "a1", "a@", "a.", "اسم ", "mr a ", "784 "):
        begun = time.perf_counter()
        found(piece * 5_000)
        assert time.perf_counter() - begun < 2, piece
