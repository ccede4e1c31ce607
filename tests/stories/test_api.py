"""A whole cycle through the API of a running server: announced, filled, rated, approved, published, and verified offline.

All go by token, the council's approval by one of Huda's that is for nothing else.
"""

import json
from hashlib import sha256

from marsad.config.embedded import FAST, running
from marsad.ledger import public_key
from tests.config.processes import wait_until
from tests.config.serving import serving
from tests.ratings import build
from tests.stories import files
from tests.stories.homes import CYCLE, copied, verified
from tests.world import LAND, PORT

ROOT, WHO, STANDARD = "/api/v1", ("", "aisha", "omar", "salem", "machine", "huda"), "msr-1"
SAID = {"code": CYCLE, "standard": STANDARD, "title_ar": "الدورة", "title_en": "The cycle", "opens_on": "2026-01-01"}
HERE = f"/cycles/{CYCLE}"


class Client:
    """Somebody who asks the API."""

    def __init__(self, served, token=""):
        self.served, self.headers = served, {"Authorization": f"Bearer {token}"} if token else {}

    def bytes(self, path, status=200):
        """Return what is at an address."""
        got, _, body = self.served.ask("GET", path if path.startswith(ROOT) else ROOT + path, **self.headers)
        assert got == status, body
        return body

    def get(self, path, status=200):
        """Return what is at an address, as JSON."""
        return json.loads(self.bytes(path, status))

    def post(self, path, said=None, status=200):
        """Return the answer to something said in JSON."""
        headers = {"Content_Type": "application/json"} if said else {}
        got, _, body = self.served.ask("POST", ROOT + path, json.dumps(said).encode() if said else b"", **self.headers, **headers)
        assert got == status, body
        return json.loads(body)

    def move(self, *verbs):
        """Move the cycle on."""
        return [self.post(f"{HERE}/moves", {"verb": verb})["state"] for verb in verbs]

    def bring(self, file, **headers):
        """Return the status of, and the answer to, evidence from a file."""
        given = {"Content_Type": "text/csv", **self.headers, **headers}
        status, _, body = self.served.ask("POST", f"{ROOT}{HERE}/evidence", file.read_bytes(), **given)
        return status, json.loads(body)

    def ended(self, address):
        """Return a run or a job once nobody works on it any more."""
        wait_until(lambda: self.get(address)["state"] in ("done", "failed"), 120)
        return self.get(address)


def test_from_the_announcement_to_bundles_that_verify(settled, home, tmp_path):
    made, tokens = settled
    copied(made, home)
    with running(home, FAST), serving(home) as served:
        everybody, aisha, omar, salem, machine, huda = (Client(served, tokens.get(name, "")) for name in WHO)
        assert aisha.post("/cycles", SAID | {"draws": 400, "seed": 7}, 201)["state"] == "draft"
        facts = {"centre-04": {"privacy_breach": "yes"}}
        scope = {"kinds": ["app", "service-centre"], "facts": facts}
        assert aisha.post(f"{HERE}/cover", scope) == {"changed": 25, "covered": 25}
        assert aisha.move("open") == [everybody.get(HERE)["state"]] == ["open"]

        ours = files.findings(tmp_path, STANDARD, files.CUSTOMERS, PORT)
        taken = [machine.bring(ours, Idempotency_Key="day-1") for _time in range(2)]
        assert taken[0] == taken[1]
        assert (taken[0][0], set(taken[0][1]["sources"])) == (201, {"survey", "meter"})
        assert salem.bring(files.findings(tmp_path, STANDARD, files.CUSTOMERS, LAND))[1]["new"] is True
        assert aisha.bring(files.findings(tmp_path, STANDARD, files.PROGRAMME))[0] == 201

        run = aisha.ended(f"/runs/{aisha.post(f'{HERE}/runs', status=202)['code']}")
        assert (run["state"], run["done"], run["is_current"]) == ("done", 25, True)
        ratings = f"{HERE}/ratings"
        assert everybody.get(ratings)["count"] == machine.get(ratings)["count"] == 0
        for champion, entity in ((omar, PORT), (salem, LAND)):
            items = champion.get(f"{ratings}?limit=200")["items"]
            assert {item["channel"] for item in items} == {code for code in build.codes() if files.entity_of(code) == entity}
            assert {item["provisional"] for item in items} == {True}

        assert aisha.move("lock", "moderate", "hear") == ["locked", "moderation", "appeal"]
        status, refusal = machine.bring(ours, Idempotency_Key="day-2")
        assert (status, refusal["title"] != "") == (409, True)
        aisha.post(f"{HERE}/moves", {"verb": "approve"}, 403)
        huda.post(f"{HERE}/moves", {"verb": "publish"}, 403)
        assert huda.move("approve") == ["approved"]
        job = aisha.ended(f"/jobs/{aisha.post(f'{HERE}/moves', {'verb': 'publish'}, 202)['code']}")
        assert job["state"] == "done", job

        shown = everybody.get(f"{ratings}?limit=200")["items"]
        assert (len(shown), {item["provisional"] for item in shown}) == (25, {False})
        [publication] = everybody.get("/publications")["items"]
        assert publication == job["result"]
        public, auditor = tmp_path / "public.zip", tmp_path / "auditor.zip"
        public.write_bytes(everybody.bytes(publication["bundle"]))
        omar.get(f"/publications/{publication['code']}/auditor.zip", 404)
        auditor.write_bytes(aisha.bytes(f"/publications/{publication['code']}/auditor.zip"))
        table = everybody.bytes(f"/open/publications/{publication['code']}/ratings.csv")
    key = tmp_path / "publisher.pem"
    key.write_bytes(public_key(home / "keys" / "signing.pem"))
    for bundle in (public, auditor):
        code, said = verified(bundle, "--key", key)
        assert code == 0, said
        assert said.startswith(f"{CYCLE}-1 ({bundle.stem} bundle)")
        assert "25 stars follow from the evidence by the standard" in said
    stars = {line.split(",")[0]: line for line in table.decode("utf-8-sig").splitlines()[1:]}
    assert set(stars) == set(build.codes())
    assert sha256(public.read_bytes()).hexdigest() != sha256(auditor.read_bytes()).hexdigest()
