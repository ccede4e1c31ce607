"""The eyes that read every page see what they are there for: proved on pages with one fault each."""

import pytest

from tests.browser.conftest import thin_out, violations
from tests.browser.reading import stumbles

pytestmark = pytest.mark.browser
PAGE = '<!doctype html><html lang="{language}" dir="{side}"><head><title>{title}</title></head><body>{body}</body></html>'
ARABIC, ENGLISH = ("ar", "rtl", "مرصد"), ("en", "ltr", "Marsad")
LONG = "مركز سعادة المتعاملين في الميناء القديم بجوار سوق السمك"


@pytest.fixture
def read(browser):
    """Return what reads the body of a page and says what it trips over."""
    page = browser.new_page(viewport={"width": 800, "height": 600})

    def reading(body, of=ARABIC):
        language, side, title = of
        page.set_content(PAGE.format(language=language, side=side, title=title, body=body))
        return stumbles(page)

    yield reading
    page.close()


@pytest.mark.parametrize(
    ("fault", "body", "of"),
    [
        ("another language", "<p>الدرجة Score</p>", ARABIC),
        ("another language", "<button aria-label='Close'>×</button>", ARABIC),
        ("another language", "<select><option>All</option></select>", ARABIC),
        ("another language", "<svg><text x='200' y='20'>Score</text></svg>", ARABIC),
        ("another language", "<p>مرحبا</p>", ("ar", "rtl", "Welcome")),
        ("another language", "<p>digest</p>", ARABIC),
        ("another language", "<p>عدد working days فقط</p>", ARABIC),
        ("another language", "<p>The score الدرجة</p>", ENGLISH),
        ("cut off", f"<p style='inline-size: 90px; overflow: hidden; white-space: nowrap'>{LONG}</p>", ARABIC),
        ("cut off", f"<div style='block-size: 20px; inline-size: 90px; overflow: hidden'><p>{LONG}</p></div>", ARABIC),
        ("cut off", f"<svg viewBox='0 0 90 20' width='90' height='20'><text x='80' y='15'>{LONG}</text></svg>", ARABIC),
        ("mirrored", "<div style='transform: scaleX(-1)'><p>مرحبا</p></div>", ARABIC),
        ("mirrored", "<svg><g transform='scale(-1 1)'><text x='-200' y='20'>مرحبا</text></g></svg>", ARABIC),
        ("set from the wrong side", "<style>p { direction: ltr }</style><p>مرحبا</p>", ARABIC),
        ("stands at the wrong side", "<style>p { text-align: left }</style><p>مرحبا</p>", ARABIC),
        ("stands at the wrong side", "<style>p { text-align: right }</style><p>Welcome</p>", ENGLISH),
    ],
)
def test_a_fault_is_seen(read, fault, body, of):
    assert [one.partition(":")[0] for one in read(body, of)] == [fault]


@pytest.mark.parametrize(
    ("body", "of"),
    [
        ("<p>الدرجة <bdi>Port</bdi> <code>msr-1</code> CSV <span lang='en'>English</span> 74</p>", ARABIC),
        ("<p>معيار مرصد (msr-1@1.0.0)، ملف .zip، عمود at، وفق WCAG 2.2 AA</p>", ARABIC),
        (f"<p style='inline-size: 90px'>{LONG}</p><td style='text-align: end'>74</td>", ARABIC),
        (f"<div style='overflow: auto; inline-size: 90px; white-space: nowrap'>{LONG}</div>", ARABIC),
        ("<svg><text x='200' y='20'>\u2068Port\u2069 74</text></svg>", ARABIC),
        ("<p>Score <a lang='ar' dir='rtl'>العربية</a></p>", ENGLISH),
    ],
)
def test_what_is_as_it_should_be_is_passed_over(read, body, of):
    assert read(body, of) == []


ALIKE = "<li><a href='#one'>مرصد</a></li>"
ODD = [
    ("link-name", "<li><a href='#two'></a></li>"),
    ("color-contrast", "<li><a href='#three' style='color: #ddd'>مرصد</a></li>"),
    ("image-alt", "<li><a href='#four'>مرصد <img src='data:,'></a></li>"),
]


@pytest.mark.parametrize(("rule", "odd"), ODD, ids=[rule for rule, _ in ODD])
def test_of_much_that_is_alike_little_is_left_and_what_differs_stays(browser, rule, odd):
    page = browser.new_page()
    page.set_content(PAGE.format(language="ar", side="rtl", title="مرصد", body=f"<ul>{ALIKE * 9}{odd}{ALIKE * 9}</ul>"))
    thin_out(page)
    assert page.locator("li").count() == 3
    assert [one.partition(":")[0] for one in violations(page, rule)] == [rule]
    page.close()
