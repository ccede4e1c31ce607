"""The one table: pages as they were drawn."""

from __future__ import annotations

from django.db import models

from marsad.ratings.models import HASH, Publication

LONGEST_ADDRESS = 500


class Drawing(models.Model):
    """A page of a publication as it was drawn, compressed; `state` names what it was drawn from besides the publication."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="drawings")
    address = models.CharField(max_length=LONGEST_ADDRESS)
    """The path of the page, which names its language, and its numerals."""
    state = models.CharField(max_length=HASH)
    etag = models.CharField(max_length=HASH)
    content = models.BinaryField()
    """HTML, compressed by Brotli."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "address"], name="drawing_once")]

    def __str__(self) -> str:
        """Return the address."""
        return self.address
