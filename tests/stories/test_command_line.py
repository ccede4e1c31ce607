"""A whole cycle at the terminal: from an empty home to a bundle that anybody can verify who has nothing of Marsad's."""

import re
from pathlib import Path

from marsad.config.embedded import FAST, running
from marsad.ledger import new_key, public_key
from tests.ratings import build
from tests.stories import files
from tests.stories.homes import AISHA, ANNOUNCED, CYCLE, settled, terminal, verified


def again(folder: Path) -> Path:
    """Write one visit again, as it should have been."""
    path = folder / "again.csv"
    path.write_text(f"channel,indicator,value,at,rater\napp-03,queue,10,{build.SEEN.isoformat()},s0\n", encoding="utf-8")
    return path


def second_visits(folder: Path) -> Path:
    """Write two more visits to every channel that is drawn, as the file of assignments has them."""
    path, [_head, *lines] = folder / "second-visits.csv", (folder / "assignments.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{line.split(',')[0]},queue,{5 + visit},{build.SEEN.isoformat()},s{visit}" for line in lines for visit in (1, 2)]
    path.write_text("\n".join(["channel,indicator,value,at,rater", *rows]) + "\n", encoding="utf-8")
    return path


def test_from_an_empty_home_to_bundles_that_verify(home, tmp_path):
    standard = build.write_standard(tmp_path)
    with running(home, FAST), terminal(home) as at:
        catalogue = files.catalogue(tmp_path)
        settled(home, at, catalogue)
        assert "the programme has begun already" in at.answer("begin", *AISHA)[2]
        assert "channels.csv: 0 to add, 0 to change, 25 as they were" in at.run("import", catalogue, "--check", "--as", AISHA[0])

        at.do("announce", "--standard", standard, *ANNOUNCED, "--k", "app=1")
        said = at.do("cover", "--kind", "app", "--kind", "service-centre", "--facts", files.facts(tmp_path))
        assert said == "25 channels are new; 25 are covered"
        at.do("move", "open")
        assert at.do("take", files.answers(tmp_path), "--source", "survey").startswith(f"{files.ANSWERED} rows taken in as ")
        assert at.do("take", build.visits(tmp_path), "--source", "visit").startswith(f"{files.VISITED} rows taken in as ")
        assert "done, 25 of 25 channels rated, current" in at.do("run")
        at.do("move", "lock")
        late = build.visits(tmp_path, shift=1)
        assert "taking evidence is not possible while the cycle is locked" in at.refused("take", late, as_="aisha")
        at.do("move", "moderate")
        assert "nobody is drawn for confirmation yet" in at.refused("confirm", late, "--source", "visit", as_="aisha")
        drawn = int(re.match(r"(\d+) channels are visited again", at.do("draw"))[1])
        assert at.do("draw", "--out", tmp_path / "assignments.csv") == f"{drawn} channels in {tmp_path / 'assignments.csv'}"
        said = at.do("confirm", second_visits(tmp_path), "--source", "visit")
        assert said.startswith(f"{2 * drawn} rows taken in as ")
        at.do("adjust", again(tmp_path), "--source", "visit", "--why", "The form was misread.")
        at.do("move", "hear")
        assert "there is no finished run over the evidence as it is now" in at.refused("approve", as_="huda")
        at.do("run")
        assert at.do("compare").startswith("changed: evidence, confirmation\n  app-03: star 3 → 3, rank 7 → 4, within")
        assert "there is no such cycle, or it is not yours" in at.refused("approve", as_="aisha")
        assert at.do("approve", as_="huda") == f"{CYCLE} is approved"
        said = at.do("publish")
        assert said.startswith(f"publication 1: {CYCLE}-1, ")
        assert at.do("status", as_="charlie").startswith(f"{CYCLE}: published since ")
        report = tmp_path / "cycle.pdf"
        assert at.run("report", "cycle", "--language", "en", "--out", report) == str(report)
        assert report.read_bytes().startswith(b"%PDF-")

    folder, [publisher] = Path(re.search(r"bundles in (.+)", said)[1]), (home / "keys").glob("public-*.pem")
    for audience in ("public", "auditor"):
        taken = (folder / f"{audience}.zip").rename(tmp_path / f"{audience}.zip")
        code, said = verified(taken, "--key", publisher)
        assert code == 0, said
        assert f"{CYCLE}-1 ({audience} bundle)" in said
        assert "25 stars follow from the evidence by the standard" in said
        assert "follows by the rule of the standard; approved by" in said
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(public_key(new_key(tmp_path / "another.pem")))
    code, said = verified(taken, "--key", stranger)
    assert (code, "BROKEN" in said) == (1, True)
