"""The least of Django that pages need: templates and two languages, no database, no secret, no guests.

Commands on files alone (rate, standards, verify) stop here; `settings.py` builds on it.
"""

from pathlib import Path

from marsad.core.problem import Problem

PACKAGE = Path(__file__).parents[1]

INSTALLED_APPS = ["marsad.web", "marsad.reports"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"builtins": ["marsad.web.texts"]},
    }
]

LANGUAGES = [("ar", "العربية"), ("en", "English")]
LANGUAGE_CODE = "ar"
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"


def refuse_uncompiled(folder: Path) -> None:
    """Stop where a catalogue is not compiled: gettext would fall back to English in silence."""
    for catalogue in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        if not catalogue.with_suffix(".mo").is_file():
            raise Problem("this translation is not compiled", file=catalogue, remedy="run make setup")


refuse_uncompiled(LOCALE_PATHS[0])
