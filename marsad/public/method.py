"""The method: how the standard of a cycle makes a score and a star of what was measured, generated from the standard itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from marsad.core.posterior import Settings
from marsad.core.scheme import Indicator, Node
from marsad.ledger.bundle import EPOCH
from marsad.public.pages import Page
from marsad.public.words import source_words
from marsad.ratings.releases import source_of
from marsad.standards import Standard, load, names
from marsad.standards.card import effective_shares
from marsad.web.charts import Figure, tree
from marsad.web.method import Questions, method, questions
from marsad.web.texts import Words, counted, grouped, listed, noop, percent, phrase

ONE = noop("{n} indicator makes one score between {low} and {high}, and the score decides the stars.")
MANY = noop("{n} indicators, each with its weight, make one score between {low} and {high}, and the score decides the stars.")
SMALLEST = 0.01
"""The share of the whole from which on a part is drawn by itself."""
STEPS = (
    noop("Sources of what is measured: {sources}."),
    noop("Every indicator is turned into points on one scale; the tree below says how each is."),
    noop("Points are put together by weight, from the indicators up to the whole, as the tree says for every part."),
    noop("The score decides the stars by the rule below. A limit may hold the star back, whatever the score."),
    noop(
        "The evidence is a sample, so all of it is reckoned {draws} times, each time with values drawn anew within their margins "
        "of error. The middle {level} of what comes out is the interval; the share of draws in which something holds is its "
        "probability."
    ),
    noop("The draws begin from the number {seed}, so that whoever repeats them finds the same."),
)


@dataclass(frozen=True)
class MethodPage:
    """The standard of a cycle, in words, areas and tables."""

    page: Page

    @cached_property
    def standard(self) -> Standard:
        """Return the standard, with how many of each kind the cycle announced."""
        return replace(self.page.board.standard, scheme=self.page.board.scheme)

    @property
    def title(self) -> str:
        """Return what the standard is called."""
        return self.standard.title[self.page.language]

    @property
    def summary(self) -> str:
        """Return what the standard says of itself."""
        return self.standard.summary[self.page.language]

    @property
    def sentence(self) -> SafeString:
        """Return how a score comes about, in one sentence."""
        scheme = self.standard.scheme
        low, high = scheme.bounds[scheme.root.code]
        return self.page.say(counted(ONE, MANY, len(scheme.indicators), low=grouped(low), high=grouped(high)))

    @property
    def steps(self) -> list[SafeString]:
        """Return how a score comes about, in a few sentences."""
        run = self.page.edition.publication.run
        values: dict[str, Any] = {
            "sources": self.sources,
            "draws": run.draws,
            "level": percent(Settings.level),
            "seed": str(run.seed),
        }
        known = STEPS if self.sources.en else STEPS[1:]
        return [self.page.say(phrase(one, **values)) for one in known]

    @property
    def sources(self) -> Words:
        """Return where the values of indicators come from, nothing where the standard does not say."""
        found = dict.fromkeys(one.source for one in self.standard.scheme.indicators if one.source)
        return listed([source_words(one) for one in found])

    @cached_property
    def picture(self) -> Figure:
        """Return the weights as areas; what is too small to be seen counts with what it hangs on."""
        shares, scheme = effective_shares(self.standard), self.standard.scheme

        def grown(part: Node | Indicator) -> tree.Node:
            below = scheme.children.get(part.code, ())
            seen = all(shares[child.code] >= SMALLEST and child.code not in self.standard.items for child in below)
            label, count = self.standard.labels[part.code][self.page.language], len(scheme.leaves.get(part.code, (part,)))
            return tree.Node(label, shares[part.code], tuple(map(grown, below)) if seen else (), f"#{part.code}", count)

        nodes = [grown(part) for part in scheme.children[scheme.root.code]]
        return Figure(partial(tree.tree, nodes, language=self.page.language))

    @cached_property
    def told(self) -> Mapping[str, Any]:
        """Return the tree, the rule of the stars, limits, requirements, adjustments and the rule of naming."""
        return method(self.standard, indicators=True)

    @cached_property
    def questions(self) -> list[Questions]:
        """Return the questions by what they hang on."""
        return questions(self.standard)

    @property
    def file_href(self) -> str:
        """Return where the files of the standard are."""
        return self.page.to("standard_file")

    @property
    def api_href(self) -> str:
        """Return where the interface has this very standard, '' where it has it not."""
        if self.standard.name not in names() or load(self.standard.name).digest != self.standard.digest:
            return ""
        return str(reverse("api:read_standard", args=[self.standard.name]))


def standard_zip(page: Page) -> tuple[str, bytes]:
    """Return the files of the standard of a cycle as a .zip, and its name; raises Problem where they are gone."""
    source = source_of(page.edition.publication.run.standard)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in sorted(source.files.items()):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return f"{source.standard.name}-{source.standard.version}.zip", target.getvalue()
