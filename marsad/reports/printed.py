"""Reports for print: a channel, an entity or a whole cycle as PDF, in Arabic or English, saying what their pages say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import override

from marsad.ledger import Reply
from marsad.public.best_and_worst import End, best_and_worst_page
from marsad.public.channel import ChannelPage, channel_page
from marsad.public.editions import Edition, among, editions
from marsad.public.entities import EntityLeague, Finding
from marsad.public.entity import EntityPage, entity_page
from marsad.public.league import league_page
from marsad.public.marks import bands_of, marks_of
from marsad.public.pages import Page, title_of
from marsad.public.sky import sky_page
from marsad.public.words import plain
from marsad.web.charts import Picture
from marsad.web.charts.league import intervals
from marsad.web.charts.words import isolated
from marsad.web.numerals import LATIN
from marsad.web.pdf import Document, pdf

ISOLATED = re.compile("<bdi>(.*?)</bdi>")
TEMPLATES = "reports/templates/reports"


def page_of(language: str, cycle: str | None = None, **at: str) -> Page:
    """Return what a report begins with, as a page does; raises NotFound where no such cycle is published."""
    found = editions()
    return Page(
        name="sky",
        at=at,
        path="/",
        query=QueryDict(),
        language=language,
        numerals=LATIN,
        editions=found,
        edition=among(found, cycle),
    )


def written(html: object) -> str:
    """Return words of a page as plain text, names and numbers kept apart by Unicode's own signs."""
    return plain(ISOLATED.sub(lambda found: isolated(found[1]), str(html))).strip()


def lines(found: Iterable[object]) -> list[str]:
    """Return several words of a page as plain text."""
    return [written(one) for one in found]


def channel_report(code: str, language: str, cycle: str | None = None) -> bytes:
    """Return the report of a channel as PDF; raises NotFound."""
    with override(language):
        page = page_of(language, cycle, channel=code)
        return pdf(document(page, "channel", channel_said(channel_page(page, code))))


def entity_report(code: str, language: str, cycle: str | None = None) -> bytes:
    """Return the report of an entity with all its channels as PDF; raises NotFound."""
    with override(language):
        page = page_of(language, cycle)
        return pdf(document(page, "entity", entity_said(entity_page(page, code))))


def cycle_report(language: str, cycle: str | None = None) -> bytes:
    """Return the report of a whole cycle as PDF; raises NotFound."""
    with override(language):
        page = page_of(language, cycle)
        return pdf(document(page, "cycle", cycle_said(page)))


Said = tuple[Mapping[str, Any], Mapping[str, Picture]]
"""What a report says: its data, and its pictures by name."""


def document(page: Page, name: str, said: Said) -> Document:
    """Return a report ready for print, with the seal of its publication at its foot."""
    data, pictures = said
    return Document(
        template=f"{TEMPLATES}/{name}.typ",
        language=page.language,
        data={**data, "proof": proof(page.edition), "cycle": written(page.cycle)},
        pictures=pictures,
    )


def proof(edition: Edition) -> dict[str, str]:
    """Return by what anybody recognises the publication."""
    publication = edition.publication
    return {
        "title": _("Verification"),
        "words": _("These results are frozen, signed and chained to the publication before. Anybody can recompute them:"),
        "command": f"marsad verify {publication.identity.rpartition('/')[2]}.zip",
        "identity": publication.identity,
        "fingerprint": publication.fingerprint,
        "label": _("Fingerprint"),
        "date": publication.at.date().isoformat(),
    }


def channel_said(channel: ChannelPage) -> Said:
    """Return what the report of a channel says."""
    history = channel.history
    data = {
        "title": channel.name,
        "under": " · ".join((isolated(channel.entity), channel.kind, isolated(channel.entry.code))),
        "sentence": written(channel.sentence),
        "rated": channel.entry.rated,
        "stats": stats(channel),
        "standing": lines(channel.standing),
        "limits": lines(channel.limits),
        "said": word_for_word(channel.reply, _("Its entity says:")),
        "why": _("Why"),
        "strengths": {"title": _("Strengths"), "items": lines(channel.strengths)},
        "weaknesses": {"title": _("Weaknesses"), "items": lines(channel.weaknesses)},
        "none": _("None stands out clearly."),
        "improving": _("Is it improving?"),
        "history": history is not None,
        "no_history": _("No other published cycle has rated this channel by the same standard."),
        "measured": _("Everything that was measured"),
        "columns": [_("Part"), _("Score"), _("Interval"), _("Answers"), _("Source")],
        "lines": [
            {"name": line.name, "depth": line.depth, "cells": [line.score, line.margin or "–", line.n, written(line.source)]}
            for line in channel.measured.whole
        ],
    }
    return data, {"profile": channel.profile.wide, **({"history": history.wide} if history else {})}


def stats(channel: ChannelPage) -> list[dict[str, str]]:
    """Return the numbers every channel has, with their names."""
    if not channel.entry.rated:
        return []
    found = (
        (_("Stars"), channel.star, ""),
        (_("Score"), channel.score, channel.margin),
        (_("Rank in its kind"), channel.rank, f"/ {channel.peers}"),
        (_("Among the best %(k)s") % {"k": channel.k}, channel.best, ""),
        (_("Among the worst %(k)s") % {"k": channel.k}, channel.worst, ""),
    )
    return [{"name": name, "value": written(value), "within": within} for name, value, within in found]


def entity_said(entity: EntityPage) -> Said:
    """Return what the report of an entity says."""
    data = {
        "title": entity.name,
        "sentence": written(entity.sentence),
        "rated": bool(entity.rated),
        "past": entity.has_past,
        "standing": _("Its place among entities"),
        "standings": [[written(place), *map(said_of, line.said)] for _league, line, place in entity.standings],
        "lifted": lines(entity.lifted),
        "said": word_for_word(entity.reply, _("It says:")),
        "channels": _("Its channels"),
        "columns": [_("Channel"), _("Kind"), _("Stars"), _("Score"), _("Interval"), _("Rank in its kind")],
        "rows": [channel_row(one) for one in entity.channels],
    }
    pictures = {"stars": entity.stars.wide} if entity.rated else {}
    return data, pictures | ({"multiples": entity.multiples.wide} if entity.has_past else {})


def word_for_word(reply: Reply | None, title: str) -> dict[str, Any] | None:
    """Return what was said beside a verdict in every language in which it was, line by line, None where nothing was."""
    if reply is None:
        return None
    texts = {"ar": reply.ar, "en": reply.en}
    return {"title": title, "texts": [{"lang": lang, "lines": text.splitlines()} for lang, text in texts.items() if text]}


def said_of(said: Finding) -> str:
    """Return a verdict on an entity with what it rests on."""
    return f"{written(said.verdict)}: {written(said.why)}"


def channel_row(channel: ChannelPage) -> list[str]:
    """Return a channel as a row; of one that is not rated the reason."""
    first = [channel.name, channel.kind]
    if not channel.entry.rated:
        return [*first, _("Not rated"), "–", "–", "–"]
    return [*first, written(channel.star), channel.score, channel.margin or "–", channel.rank]


def cycle_said(page: Page) -> Said:
    """Return what the report of a cycle says."""
    sky, ends = sky_page(page), best_and_worst_page(page)
    pictures: dict[str, Picture] = {"sky": sky.whole}
    leagues = []
    for place, one in enumerate(ends.leagues):
        league = league_page(page, one.code)
        pictures[f"league-{place}"] = intervals(marks_of(page, league.rated), bands_of(page), language=page.language)
        leagues.append(
            {
                "name": written(league.title),
                "sentence": written(league.sentence),
                "picture": f"league-{place}",
                "silence": written(one.silence or ""),
                "ends": [] if one.silence else [end_said(one.best, _("Best")), end_said(one.worst, _("Worst"))],
                "entities": entities_said(one.entities) if one.entities else None,
                "rows": [channel_row(ChannelPage(page, entry)) for entry in league.entries],
            }
        )
    data = {
        "title": title_of(page.edition.cycle)[page.language],
        "sentences": lines(sky.sentences),
        "warning": written(ends.notice),
        "ends": _("Best and worst"),
        "table": _("League table"),
        "nobody": _("Nobody is named.") if ends.is_confirmed else _("Nobody reaches the probability."),
        "columns": [_("Channel"), _("Kind"), _("Stars"), _("Score"), _("Interval"), _("Rank in its kind")],
        "entities": _("Entities"),
        "contents": _("Contents"),
        "leagues": leagues,
    }
    return data, pictures


def entities_said(league: EntityLeague) -> dict[str, Any]:
    """Return what is said of the entities of a league, of each of whom the rule says something, and of names that were lost."""
    items = [[line.name, f"{line.mean} ({line.ends})", *map(said_of, line.said)] for line in league.spoken]
    return {"sentence": written(league.silence or league.sentence), "items": items, "lifted": lines(league.lifted)}


def end_said(end: End, title: str) -> dict[str, Any]:
    """Return who is named at one end of a league, or candidate before a second wave, and how many channels need attention."""
    return {
        "title": title,
        "candidates": [
            [one.name, one.entity, written(one.chance)] for one in (end.names if end.is_confirmed else end.candidates)
        ],
        "rest": written(end.rest),
        "lifted": lines(end.lifted),
    }
