"""A whole cycle as its entities and its readers see it, through the API of a running server, with tokens.

The API takes evidence and channels and shows all else: announcing, the moves and runs are the administrators' at the terminal.
"""

import json
from hashlib import sha256

from marsad.config.embedded import FAST, running
from marsad.ledger import public_key
from tests.config.processes import wait_until
from tests.config.serving import serving
from tests.ratings import build
from tests.stories import files
from tests.stories.homes import CYCLE, copied, terminal, verified
from tests.world import LAND, PORT

ROOT, WHO = "/api/v1", ("", "aisha", "omar", "salem", "machine")


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

    def bring(self, file, query, **headers):
        """Return the answer to evidence from a file."""
        path = f"{ROOT}/cycles/{CYCLE}/evidence?{query}"
        status, _, body = self.served.ask("POST", path, file.read_bytes(), **self.headers, Content_Type="text/csv", **headers)
        return status, json.loads(body)


def test_from_evidence_by_token_to_bundles_that_verify(begun, home, tmp_path):
    made, tokens = begun
    copied(made, home)
    with running(home, FAST), serving(home) as served, terminal(home) as at:
        everybody, aisha, omar, salem, machine = (Client(served, tokens.get(name, "")) for name in WHO)
        assert everybody.get(f"/cycles/{CYCLE}")["state"] == "open"
        assert machine.bring(files.answers(tmp_path, PORT), "source=survey", Idempotency_Key="day-1")[0] == 201
        assert machine.bring(files.answers(tmp_path, PORT), "source=survey", Idempotency_Key="day-1")[0] == 201
        assert salem.bring(files.answers(tmp_path, LAND), "source=survey")[1]["new"] is True
        status, took = aisha.bring(build.visits(tmp_path), "source=visit")
        assert (status, took["rows"], took["sources"]) == (201, files.VISITED, {"visit": files.VISITED})

        at.do("run", "--later")
        wait_until(lambda: "done, 25 of 25 channels rated, current" in at.do("status"))
        assert f"25 channels, {files.ANSWERED + files.VISITED} rows of evidence" in at.do("status")
        ratings = f"/cycles/{CYCLE}/ratings"
        assert everybody.get(ratings)["count"] == machine.get(ratings)["count"] == 0
        for champion, entity in ((omar, PORT), (salem, LAND)):
            items = champion.get(f"{ratings}?limit=200")["items"]
            assert {item["channel"] for item in items} == {code for code in build.codes() if files.entity_of(code) == entity}
            assert {item["provisional"] for item in items} == {True}
        for verb in ("lock", "moderate", "hear"):
            at.do("move", verb)
        status, refusal = machine.bring(files.answers(tmp_path, PORT), "source=survey", Idempotency_Key="day-2")
        assert (status, refusal["title"] != "") == (409, True)
        at.do("approve", as_="huda")
        at.do("publish")

        shown = everybody.get(f"{ratings}?limit=200")["items"]
        assert (len(shown), {item["provisional"] for item in shown}) == (25, {False})
        [publication] = everybody.get("/publications")["items"]
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
