"""A column of texts that are kept so that they can be said in either language."""

from __future__ import annotations

from typing import Any

from django.db import models

from marsad.core.problem import as_data, of_data


class Sentences(models.JSONField):
    """Holds a text or a list of texts; a `Sentence` comes back as the sentence it was, all others as they are."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return what was kept."""
        kept = super().from_db_value(value, expression, connection)
        return [of_data(one) for one in kept] if isinstance(kept, list) else of_data(kept)

    def get_prep_value(self, value: Any) -> Any:
        """Return what is to be kept."""
        return [as_data(one) for one in value] if isinstance(value, list) else as_data(value)
