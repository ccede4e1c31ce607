"""Tables of what is looked into once a run has found something: what hangs on choices."""

from __future__ import annotations

from django.db import models

from marsad.ratings.models import Run


class Robustness(models.Model):
    """What other reasonable ratings make of a run, reckoned once: what each channel keeps, and the indices of every league."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="robustness")
    tried = models.PositiveIntegerField()
    """How many other ratings tell what channels keep."""
    channels = models.JSONField(default=list)
    """Of each channel its code, the share that keeps its star, the ends of its stars and ranks, the shares at either end."""
    leagues = models.JSONField(default=list)
    """Of each league its code, and its indices by the group of choices: `first` and `total`."""
    at = models.DateTimeField()

    def __str__(self) -> str:
        """Return which run it is about."""
        return str(self.run)
