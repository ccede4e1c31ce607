"""Opening hours as people say them, in both languages."""

import pytest
from django.utils.translation import override

from marsad.public.hours import hours_in_words

SAID = [
    ("", "", ""),
    (
        "mon-thu 07:30-15:30; fri 07:30-12:00",
        "Monday to Thursday from 07:30 to 15:30; Friday from 07:30 to 12:00",
        "من الاثنين إلى الخميس، من 07:30 إلى 15:30؛ الجمعة، من 07:30 إلى 12:00",
    ),
    ("24/7", "Every day all day", "كل يوم، طوال اليوم"),
    (
        "sat 08:00-12:00, 16:00-02:00",
        "Saturday from 08:00 to 12:00 and from 16:00 to 02:00",
        "السبت، من 08:00 إلى 12:00 ومن 16:00 إلى 02:00",
    ),
    (
        "sun 08:00-12:00; 2027-02-08..2027-03-09 sun 09:00-11:00; 2027-12-02 closed",
        "Sunday from 08:00 to 12:00; 2027-02-08 to 2027-03-09: Sunday from 09:00 to 11:00; 2027-12-02: Closed",
        "الأحد، من 08:00 إلى 12:00؛ من 2027-02-08 إلى 2027-03-09: الأحد، من 09:00 إلى 11:00؛ 2027-12-02: مغلق",
    ),
]


@pytest.mark.parametrize(("written", "english", "arabic"), SAID)
def test_hours_are_said_in_the_readers_language(written, english, arabic):
    with override("en"):
        assert hours_in_words(written) == english
    with override("ar"):
        assert hours_in_words(written) == arabic
