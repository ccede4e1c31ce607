"""Arabic-Indic digits: in what people read of an Arabic page, and nowhere else."""

import pytest
from django.http import HttpRequest

from marsad.web.numerals import arabic_indic, changed, numerals_of


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<p>2026</p>", "<p>٢٠٢٦</p>"),
        ("12,345.6", "١٢٬٣٤٥٫٦"),
        ("1,2", "١,٢"),
        ("<b>3</b>.<b>4</b>", "<b>٣</b>.<b>٤</b>"),
        ("−0.5 و 50%", "−٠٫٥ و ٥٠%"),
        ('<a href="/ar/2026/" title="5 > 4">7</a>', '<a href="/ar/2026/" title="5 > 4">٧</a>'),
        ("<td data-value='81.2'>81.2</td>", "<td data-value='81.2'>٨١٫٢</td>"),
        ("&#39;5&#x27; &amp; 6", "&#39;٥&#x27; &amp; ٦"),
        ("<code>v1.2</code> 3", "<code>v1.2</code> ٣"),
        ("<textarea>12</textarea><style>a{top:1px}</style>1", "<textarea>12</textarea><style>a{top:1px}</style>١"),
        ('<script>if (1 < 2) go("</p>")</script>1', '<script>if (1 < 2) go("</p>")</script>١'),
        ('<bdi translate="no">c1<bdi>2</bdi>3</bdi>4', '<bdi translate="no">c1<bdi>2</bdi>3</bdi>٤'),
        ('<input value="9"><br>8', '<input value="9"><br>٨'),
        ('<svg><path d="M1 2"/><text>5</text></svg>', '<svg><path d="M1 2"/><text>٥</text></svg>'),
        ("<!-- 1 --><p>1 < 2</p>", "<!-- 1 --><p>١ < ٢</p>"),
    ],
)
def test_digits_change_in_texts_alone(written, read):
    assert arabic_indic(written) == read


def test_changing_twice_is_changing_once():
    once = arabic_indic("<p>1,234.5</p>")
    assert arabic_indic(once) == once


def test_a_number_with_many_thousands_keeps_them_parted():
    assert changed("1,234,567") == "١٬٢٣٤٬٥٦٧"


@pytest.mark.parametrize(
    ("language", "kept", "numerals"),
    [("ar", "arabic-indic", "arabic-indic"), ("ar", "", "latin"), ("ar", "nonsense", "latin"), ("en", "arabic-indic", "latin")],
)
def test_english_pages_and_strangers_read_latin_digits(language, kept, numerals):
    request = HttpRequest()
    request.LANGUAGE_CODE = language
    request.COOKIES["marsad_numerals"] = kept
    assert numerals_of(request) == numerals


def test_an_arabic_page_comes_in_the_digits_its_reader_chose(client):
    latin = client.get("/ar/no/such/page/2026/")
    client.cookies["marsad_numerals"] = "arabic-indic"
    indic = client.get("/ar/no/such/page/2026/").content.decode()
    english = client.get("/en/no/such/page/2026/").content.decode()
    assert "<title>404" in latin.content.decode()
    assert "Cookie" in latin["Vary"]
    assert ">123<" in indic
    assert 'charset="utf-8"' in indic
    assert "<title>404" in english
