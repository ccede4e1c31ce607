"""What a password must be, in the reader's language."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """Refuses short passwords in words of our own: Django has none in Arabic."""

    def get_error_message(self) -> str:
        """Return how long a password must be."""
        said: str = ngettext(
            "This password is too short; use %(count)s character or more.",
            "This password is too short; use %(count)s characters or more.",
            self.min_length,
        )
        return said % {"count": self.min_length}
