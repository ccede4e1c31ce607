"""Every kind of tampering is caught, and the sentence names the place."""

from __future__ import annotations

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from marsad.ledger import Report, verify
from marsad.ledger.canonical import canonical
from marsad.ledger.merkle import tree_of
from marsad.ledger.publication import read_publication
from marsad.ledger.statistics import rows_of
from tests.ledger.build import KEY, OTHER, PUBLIC_KEY, Made, bundle


def check(path: Path, **more) -> Report:
    return verify(path, [PUBLIC_KEY], **more)


def edit(path: Path, old: str, new: str) -> None:
    """Change a file's text in one place."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def cell(path: Path, row_start: str, column: str, value: str) -> None:
    """Change one cell of a CSV."""
    lines = path.read_text(encoding="utf-8").splitlines()
    place = lines[0].split(",").index(column)
    [row] = [number for number, line in enumerate(lines) if line.startswith(row_start)]
    cells = lines[row].split(",")
    assert cells[place] != value
    cells[place] = value
    lines[row] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def cover_up(folder: Path, *, key=None) -> None:
    """Write hashes, sizes and roots anew, as a forger would; sign with a key if there is one."""
    path = folder / "publication.json"
    publication = json.loads(path.read_bytes())
    for entry in publication["files"]:
        content = (folder / entry["name"]).read_bytes()
        entry |= {"sha256": sha256(content).hexdigest(), "size": len(content)}
    for name in ("evidence.csv", "ratings.csv"):
        tree = tree_of(rows_of((folder / name).read_bytes()))
        publication["trees"][name] = {"root": tree.root.hex(), "rows": tree.size}
    path.write_bytes(canonical(publication))
    if key:
        resign(folder, key)


def resign(folder: Path, key) -> None:
    signed = bytes((folder / "publication.json").read_bytes())
    from marsad.ledger.keys import key_id, raw
    from marsad.ledger.publication import Signature

    signature = Signature(key_id(raw(key)), raw(key).hex(), key.sign(signed).hex(), ())
    (folder / "signature.json").write_bytes(signature.content)


def test_untouched_bundles_hold(public: Path, auditors: Path):
    for path in (public, auditors):
        report = check(path)
        assert report.holds
        assert report.broken == ()
    assert check(auditors)["evidence"].state == check(auditors)["sealed"].state == "whole"
    assert check(public).fingerprint == check(auditors).fingerprint


def test_a_changed_score_is_named_with_its_channel(public: Path):
    cell(public / "ratings.csv", "p-07,", "score", "88.5")
    report = check(public)
    assert {"files", "trees", "stars"} <= set(report.broken)
    assert "ratings.csv was changed" in str(report["files"])
    assert "channel p-07 has score 88.5, and by its evidence" in str(report["stars"])


def test_a_changed_star_is_named_even_when_every_hash_was_made_to_fit(public: Path):
    cell(public / "ratings.csv", "p-07,", "star", "4")
    cover_up(public)
    report = check(public)
    assert report.broken == ("stars", "signature")
    assert "ratings.csv: channel p-07 has star 4, and by its evidence 3" in str(report["stars"])
    assert "publication.json is not what key" in str(report["signature"])


def test_a_changed_rank_chance_and_node_are_named(public: Path):
    cell(public / "ratings.csv", "p-02,", "rank", "2")
    cell(public / "ratings.csv", "p-02,", "p_top", "0.1")
    cell(public / "nodes.csv", "p-02,visit,", "score", "12")
    report = check(public)
    assert "channel p-02 has rank 2, and by its score 1" in str(report["stars"])
    assert "nodes.csv: channel p-02 has score 12 in visit" in str(report["stars"])
    assert "channel p-02 has p_top 0.1" in str(report["chances"])


def test_a_changed_evidence_row_is_named_by_what_no_longer_follows(public: Path):
    cell(public / "evidence.csv", "p-04,queue,", "value", "9.9")
    cover_up(public)
    report = check(public)
    assert "channel p-04 has score" in str(report["stars"])
    assert "channel p-04" in str(report["stars"])
    assert "signature" in report.broken


def test_a_changed_attribute_is_named_by_the_star_it_would_give(public: Path):
    cell(public / "attributes.csv", "p-05,", "breach", "no")
    report = check(public)
    assert "attributes.csv was changed" in str(report["files"])
    assert "channel p-05 has star 2, and by its evidence 3" in str(report["stars"])


def test_a_changed_text_of_the_standard_is_named(public: Path):
    edit(public / "standard/ports.toml", "from = 70", "from = 60")
    report = check(public)
    assert {"files", "standard", "stars"} <= set(report.broken)
    assert "standard/ports.toml was changed" in str(report["files"])
    assert "the standard's text was changed" in str(report["standard"])


def test_a_changed_instrument_is_a_changed_standard(public: Path):
    edit(public / "standard/ports/voice.toml", 'en = "happy"', 'en = "pleased"')
    cover_up(public)
    assert "the standard's text was changed" in str(check(public)["standard"])


def test_a_standard_that_was_changed_with_its_digest_gives_other_stars(public: Path):
    edit(public / "standard/ports.toml", "below = 70 }, { star = 4, from = 70", "below = 60 }, { star = 4, from = 60")
    found = sha256(
        (public / "standard/ports.toml").read_bytes() + (public / "standard/ports/voice.toml").read_bytes()
    ).hexdigest()
    edit(public / "publication.json", json.loads((public / "publication.json").read_bytes())["standard"]["sha256"], found)
    cover_up(public)
    report = check(public)
    assert "has star 3, and by its evidence 4" in str(report["stars"])
    assert "signature" in report.broken


def test_a_standard_under_another_name_is_named(public: Path):
    edit(public / "publication.json", '"identity":"ports@1"', '"identity":"ports@2"')
    assert "the standard says it is ports@1, not ports@2" in str(check(public)["standard"])


@pytest.mark.parametrize("name", ["evidence.csv", "attributes.csv", "ratings.csv"])
def test_another_order_of_rows_is_named(public: Path, name: str):
    lines = (public / name).read_text(encoding="utf-8").splitlines()
    lines[1], lines[2] = lines[2], lines[1]
    (public / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = check(public)
    assert f"{name} was changed" in str(report["files"])
    if name == "attributes.csv":
        assert "rows stand in the order of their channels" in str(report["stars"])
    else:
        assert f"a row of {name} was changed, or their order" in str(report["trees"])
    if name == "evidence.csv":
        assert "'queue' of channel 'p-01' stands after 'desk' of channel 'p-01'" in str(report["stars"])


def test_a_removed_row_is_named(public: Path):
    lines = (public / "ratings.csv").read_text(encoding="utf-8").splitlines()
    (public / "ratings.csv").write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    report = check(public)
    assert "ratings.csv has 11 rows, and 12 were published" in str(report["trees"])
    assert "a channel is absent" in str(report["stars"])


def test_another_key_is_named(public: Path):
    resign(public, OTHER)
    report = check(public)
    assert report.broken == ("signature",)
    assert re.search(r"signed by key \w{16}, for which no key given vouches: \w{16}", str(report["signature"]))
    assert not report.holds


def test_another_key_under_the_name_of_the_right_one_is_named(public: Path):
    resign(public, OTHER)
    signature = json.loads((public / "signature.json").read_bytes())
    from marsad.ledger import key_id

    (public / "signature.json").write_bytes(canonical(signature | {"key": key_id(PUBLIC_KEY)}))
    assert "signature.json names key" in str(check(public)["signature"])


def test_the_signature_of_another_bundle_is_named(public: Path, ports: Made, tmp_path: Path):
    other = bundle(tmp_path / "other", ports.freeze(identity="another"))
    shutil.copy(other / "signature.json", public / "signature.json")
    report = check(public)
    assert report.broken == ("signature",)
    assert "the signature is that of another publication" in str(report["signature"])


def test_no_signature_is_no_verified_bundle(public: Path):
    (public / "signature.json").unlink()
    report = check(public)
    assert report.broken == ("signature",)
    assert "signature.json is missing" in str(report["signature"])


def test_without_a_key_nothing_is_said_to_hold(public: Path):
    report = verify(public)
    assert report["signature"].state == "unchecked"
    assert report.broken == ()
    assert not report.holds


def test_a_changed_seed_is_named(public: Path):
    edit(public / "publication.json", '"seed":3', '"seed":4')
    report = check(public)
    assert set(report.broken) == {"chances", "signature"}
    assert "chances do not follow from seed 4 and 400 draws" in str(report["chances"])


def test_a_truncated_file_is_named(public: Path):
    content = (public / "nodes.csv").read_bytes()
    (public / "nodes.csv").write_bytes(content[:-40])
    assert f"nodes.csv was changed: it has {len(content) - 40} bytes, and {len(content)} were published" in str(
        check(public)["files"]
    )


def test_a_truncated_publication_is_named(public: Path):
    content = (public / "publication.json").read_bytes()
    (public / "publication.json").write_bytes(content[:-10])
    report = check(public)
    assert "publication.json: it is not JSON" in str(report["form"])
    assert {"form", "signature", "chain"} <= set(report.broken)


def test_a_publication_written_anew_with_the_same_values_is_named(public: Path):
    path = public / "publication.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()), indent=1), encoding="utf-8")
    assert "not in canonical form" in str(check(public)["form"])


def test_an_added_and_a_missing_file_are_named(public: Path):
    (public / "correction.csv").write_text("channel,star\np-01,7\n", encoding="utf-8")
    (public / "nodes.csv").unlink()
    said = str(check(public)["files"])
    assert "correction.csv was added" in said
    assert "nodes.csv is missing" in said


def test_swapped_hidden_cells_are_named(auditors: Path):
    path = auditors / "full/evidence.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = {",".join(line.split(",")[:2]): number for number, line in enumerate(lines)}
    first, second = rows["p-03,happy"], rows["p-03,clear"]
    one, two = (lines[row].split(",") for row in (first, second))
    one[2], two[2] = two[2], one[2]
    lines[first], lines[second] = ",".join(one), ",".join(two)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = check(auditors)
    assert "full/evidence.csv or the secret was changed" in str(report["sealed"])
    assert "a row of full/evidence.csv was changed" in str(report["trees"])
    assert "full/nodes.csv: channel p-03" in str(report["stars"])


def test_swapped_marks_of_hidden_cells_are_named(public: Path):
    text = (public / "evidence.csv").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("p-03,")]
    hidden = next(row for row in rows if ",,," not in row and "pooled" in row and row.split(",")[3] == "")
    other = next(row for row in rows if "pooled" in row and row.split(",")[3] != "")
    swapped_hidden = ",".join([*hidden.split(",")[:3], *other.split(",")[3:]])
    swapped_other = ",".join([*other.split(",")[:3], *hidden.split(",")[3:]])
    text = text.replace(hidden, swapped_hidden).replace(other, swapped_other)
    (public / "evidence.csv").write_text(text, encoding="utf-8")
    assert {"files", "trees"} <= set(check(public).broken)


def test_a_publisher_who_hides_more_than_said_is_found_out_by_auditors(auditors: Path):
    cell(auditors / "evidence.csv", "p-09,queue,", "state", "withheld")
    cell(auditors / "evidence.csv", "p-09,queue,", "value", "")
    cover_up(auditors, key=KEY)
    assert "evidence.csv does not follow from full/evidence.csv" in str(check(auditors)["evidence"])


def test_a_publisher_who_shows_a_small_cell_is_found_out_by_everybody(public: Path):
    cell(public / "evidence.csv", "p-09,happy,", "n", "3")
    cover_up(public, key=KEY)
    report = check(public)
    assert report.broken == ("evidence",)
    assert "evidence.csv shows happy of channel p-09, a cell of 3 answers" in str(report["evidence"])


def test_a_changed_secret_is_named(auditors: Path):
    (auditors / "secret.json").write_bytes(canonical({"secret": "00" * 32}))
    assert "full/evidence.csv or the secret was changed" in str(check(auditors)["sealed"])


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"seed":3', '"seed":"3"', "settings.seed is not what it should be"),
        ('"number":1', '"number":true', "number is not what it should be"),
        ('"schema":1', '"schema":9', "schema 9 is not known"),
        ('"cycle":"2026",', "", "cycle is absent"),
        ('"cycle":', '"cycl":0,"cycle":', "cycl is not known"),
        ('"draws":400', '"draws":4000000000', "cannot be drawn again"),
        ('"root":"', '"root":"zz', "64 hexadecimal digits"),
    ],
)
def test_a_publication_of_another_shape_is_refused_with_its_place(public: Path, old: str, new: str, why: str):
    edit(public / "publication.json", old, new)
    assert any(why in str(seal) for seal in check(public).seals)


def test_a_publication_reads_back_as_it_was_written(public: Path):
    content = (public / "publication.json").read_bytes()
    assert read_publication(content).content == content
