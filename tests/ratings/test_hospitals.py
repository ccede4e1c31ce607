"""The real data of US hospitals as a cycle: published, verified, and with every official star (CMS; US Government work)."""

import csv
import gzip
import zipfile
from io import TextIOWrapper

import pytest

from marsad.catalogue.cards import ChannelCard, EntityCard
from marsad.catalogue.write import put
from marsad.ledger import public_key, public_keys, verify
from marsad.ratings import access, actions
from marsad.ratings.releases import source_of
from marsad.ratings.shelf import bundle_of
from tests import world
from tests.ratings import build

pytestmark = pytest.mark.reference
ID = "PROVIDER_ID"


def read(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_evidence(rows, codes, path):
    """Write the measures as rows of evidence: one for each hospital and measure that has a value."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["channel", "indicator", "value"])
        writer.writerows([row[ID], code, row[code.upper()]] for row in rows for code in codes if row[code.upper()].strip())
    return path


def test_the_hospitals_of_2021_are_published_with_every_official_star(db, home, reference_data, tmp_path):
    folder = reference_data / "hospital_stars"
    rows, official = read(folder / "v202104_input.csv.gz"), read(folder / "v202104_output.csv.gz")
    put("entity", [EntityCard(code="cms", name_ar="مراكز الرعاية", name_en="Medicare")])
    names = {"name_ar": "مستشفى", "entity": "cms", "kind": "service-centre"}
    put("channel", [ChannelCard(code=row[ID], name_en=f"Hospital {row[ID]}", **names) for row in rows])
    about = {"by": world.aisha(), "at": build.NOW}
    cycle = actions.announce_cycle(
        code="hospitals-2021", title_ar="المستشفيات", title_en="Hospitals", standard="us-hospital-stars-2021", least=1, **about
    )
    assert actions.cover(cycle=cycle, entities=["cms"], **about) == len(rows)
    build.moved(cycle, "open")
    path = as_evidence(rows, list(source_of(cycle.standard).standard.scheme.position), tmp_path / "measures.csv")
    actions.take_evidence(cycle=cycle, brought=actions.Brought(path=path, source="operation", seen=build.SEEN), **about)
    publication = build.published(cycle)

    pem = tmp_path / "public.pem"
    pem.write_bytes(public_key(home / "keys" / "signing.pem"))
    for audience in ("public", "auditor"):
        report = verify(bundle_of(publication, audience), public_keys(pem))
        assert report.holds, report.broken
    expected = {row[ID]: float(row["star"]) for row in official if row["star"].strip() not in ("", ".")}
    assert len(expected) == 3355
    shown = access.results_for(None, cycle).filter(rated=True).values_list("channel__code", "star")
    assert dict(shown) == expected
    with zipfile.ZipFile(bundle_of(publication)) as bundle, bundle.open("ratings.csv") as file:
        told = {row["channel"]: float(row["star"]) for row in csv.DictReader(TextIOWrapper(file, "utf-8")) if row["star"]}
    assert told == expected
    assert str(report["stars"]).startswith("3355 stars follow from the evidence")
