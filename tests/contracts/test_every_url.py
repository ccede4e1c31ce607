"""Every address × everybody × their own and another entity × every state: what each gets stands in one table.

An address or an operation that the table does not know fails the test: whoever adds one says here who may do what with it.
"""

import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve
from django.utils.translation import override

from marsad.accounts.actions import invite, issue_token
from marsad.accounts.models import Scope
from marsad.api.actions import subscribe
from marsad.api.door import api
from marsad.core.lifecycle import Role
from marsad.public import drawings
from marsad.ratings.curing import open_cures
from marsad.ratings.exercising import hold_exercise
from marsad.ratings.orders import Order, promise
from marsad.ratings.reviewing import open_review
from marsad.ratings.rewarding import record_reward
from marsad.standards import Text
from tests import world
from tests.ratings import build
from tests.world import NOW, PORT

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
API = "/api/v1"
DAY = timedelta(days=1)
FORM = "application/x-www-form-urlencoded"
DRAFT, OPEN, PUBLISHED = "2027-1", build.CODE, "2025-1"
OURS, THEIRS = "centre-00", "centre-01"
"""A channel of the Port Authority, which is Omar's and the machine's, and one of the Land Department, which is Salem's."""
WALKERS = ("anybody", *world.Cast._fields, "machine")
"""Everybody of the world, nobody in particular, and a machine of the Port Authority."""
CARD = {"name_ar": "القناة", "name_en": "Channel", "entity": PORT, "kind": "service-centre"}
ROW = {"subject": OURS, "indicator": "happy", "value": 4, "at": "2026-02-01T09:00:00Z", "source": "survey"}

WEIGHTS = {"source": "survey", "why": "x", "totals": [{"channel": OURS, "group": "", "total": 5}]}
PLAN = {"owner": "omar@marsad.example", "plan": "x", "steps": [{"text": "x"}]}
DONE = {"done_on": "2026-03-01", "evidence": "x"}
SCORES = {"scores": [{"channel": OURS, "before": 1, "before_se": 1, "after": 1, "after_se": 1}]}
REWARD = {"what_ar": "x", "what_en": "x", "decided_ar": "x", "decided_en": "x", "given_on": "2026-03-01", "channel": OURS}
BACK = {"why_ar": "x", "why_en": "x"}
CURED = f"{API}/cycles/{PUBLISHED}/cures/{OURS}"
ANNOUNCED = {"code": "2030-1", "title_ar": "الدورة", "title_en": "Cycle", "standard": "msr-1"}


@dataclass(frozen=True)
class Row:
    """What everybody gets at an address: `otherwise`, but for those who are named."""

    method: str
    address: str
    otherwise: int
    but: dict[int, str] = field(default_factory=dict)
    body: object = None
    content_type: str = "application/json"

    @property
    def expected(self) -> dict[str, int]:
        """Return the status that each gets."""
        named = {name: status for status, names in self.but.items() for name in names.split()}
        assert set(named) <= set(WALKERS), self
        return {name: named.get(name, self.otherwise) for name in WALKERS}


def row(method, address, otherwise, body=None, content_type="application/json", **but):
    """Return a row; `_404="omar"` names those who get 404."""
    return Row(method, address, otherwise, {int(status[1:]): names for status, names in but.items()}, body, content_type)


def code_of(name):
    """Return the code of somebody of the world."""
    return name.rjust(26, "0")


SEES_ALL = "aisha rashid"
SEES_DRAFTS = f"{SEES_ALL} huda noor"
COUNCIL_SEES = "huda noor rashid"
"""Who sees drafts and leads none."""
MAY_WRITE_OURS = "aisha omar machine"

PAGES = [
    row("GET", "/health", 200),
    row("POST", "/preferences/numerals/", 302, {"numerals": "latin"}, FORM),
    row("GET", "/ar/", 200),
    row("GET", "/ar/league/", 200),
    row("GET", "/ar/league/app/", 200),
    row("GET", "/ar/league/no-such-league/", 404),
    row("GET", "/ar/league.csv", 200),
    row("GET", "/ar/best-and-worst/", 200),
    row("GET", f"/ar/cycles/{PUBLISHED}/", 200),
    row("GET", f"/ar/cycles/{PUBLISHED}/drawing/", 404, _302="anybody", _200=SEES_DRAFTS),
    row("GET", f"/ar/cycles/{PUBLISHED}/league/", 200),
    row("GET", f"/ar/cycles/{PUBLISHED}/league/app/", 200),
    row("GET", f"/ar/cycles/{PUBLISHED}/league.csv", 200),
    row("GET", f"/ar/cycles/{PUBLISHED}/best-and-worst/", 200),
    row("GET", f"/ar/cycles/{OPEN}/league/", 404),
    *(
        row("GET", f"/ar/{cycle}{page}", status)
        for cycle in ("", f"cycles/{PUBLISHED}/")
        for page, status in {
            f"channels/{OURS}/": 200,
            "channels/no-such-channel/": 404,
            f"channels/{OURS}/evidence/score/": 200,
            f"channels/{OURS}/evidence/happy/": 200,
            f"entities/{PORT}/": 200,
            "compare/": 200,
            f"compare/?channel={OURS}&channel={THEIRS}": 200,
            "near/": 200,
            "near/?q=%D9%85%D8%B1%D9%83%D8%B2": 200,
            "method/": 200,
            "method/standard.zip": 200,
            "verify/": 200,
            "verify/check/": 200,
            "verify/keys.pem": 200,
            "open-data/": 200,
            f"channels/{OURS}/report.pdf": 200,
            "channels/no-such-channel/report.pdf": 404,
            f"entities/{PORT}/report.pdf": 200,
            "report.pdf": 200,
        }.items()
    ),
    row("GET", "/ar/accessibility/", 200),
    row("POST", "/ar/verify/check/", 422, {}, FORM),
    row("GET", "/ar/workspace/", 200, _302="anybody"),
    row("GET", "/ar/workspace/cycles/", 200, _302="anybody"),
    row("GET", "/ar/workspace/announce/", 404, _302="anybody", _200="aisha"),
    row("GET", f"/ar/workspace/cycles/{DRAFT}/", 404, _302="anybody", _200=SEES_DRAFTS),
    row("GET", f"/ar/workspace/cycles/{OPEN}/", 200, _302="anybody"),
    row("GET", f"/ar/workspace/cycles/{PUBLISHED}/", 200, _302="anybody"),
    row("GET", f"/ar/workspace/cycles/{DRAFT}/edit/", 404, _302="anybody", _200="aisha"),
    row("GET", f"/ar/workspace/cycles/{DRAFT}/scope/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{OPEN}/evidence/", 404, _302="anybody", _200=f"{SEES_ALL} omar salem"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/evidence/missing.csv", 404, _302="anybody", _200=f"{SEES_ALL} omar salem"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/evidence/bring/", 404, _302="anybody", _200="aisha omar salem"),
    row("GET", f"/ar/workspace/cycles/{PUBLISHED}/evidence/bring/", 404, _302="anybody", _200="aisha"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/evidence/weigh/", 404, _302="anybody"),
    row("POST", f"/ar/workspace/cycles/{OPEN}/evidence/weigh/", 404, {}, FORM, _302="anybody"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/raters/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{OPEN}/raters/s0/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{OPEN}/exercises/", 404, _302="anybody", _200=SEES_ALL),
    row("POST", f"/ar/workspace/cycles/{OPEN}/exercises/", 404, {}, FORM, _302="anybody", _200="aisha"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/exercises/EXERCISE/", 404, _302="anybody", _200=SEES_ALL),
    row("POST", f"/ar/workspace/cycles/{OPEN}/exercises/EXERCISE/", 404, {}, FORM, _302="anybody", _200="aisha"),
    row("GET", "/ar/workspace/changed-raters/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{OPEN}/integrity/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{OPEN}/visits/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{OPEN}/visits.csv", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{OPEN}/readiness/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{OPEN}/confirmation/", 404, _302="anybody", _200="aisha"),
    row("POST", f"/ar/workspace/cycles/{OPEN}/confirmation/", 404, {}, FORM, _302="anybody aisha"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/confirmation.csv", 404, _302="anybody"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/runs/", 404, _302="anybody", _200=f"{SEES_ALL} huda"),
    row("POST", f"/ar/workspace/cycles/{OPEN}/runs/", 404, {}, FORM, _302="anybody aisha"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/runs/RUN/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{OPEN}/runs/RUN/progress/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{OPEN}/runs/RUN/cancel/", 405),
    row("POST", f"/ar/workspace/cycles/{OPEN}/runs/RUN/cancel/", 404, {}, FORM, _302="anybody aisha"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/comparison/", 404, _302="anybody", _200=f"{SEES_ALL} huda"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/comparison.csv", 404, _302="anybody"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/what-if/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{PUBLISHED}/what-if/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{OPEN}/watching/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{OPEN}/reviews/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", f"/ar/workspace/cycles/{PUBLISHED}/reviews/", 404, _302="anybody", _200=f"{SEES_ALL} omar"),
    row("GET", f"/ar/workspace/cycles/{PUBLISHED}/reviews/{OURS}/", 404, _302="anybody", _200=f"{SEES_ALL} omar"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/sensitivity/", 404, _302="anybody", _200=SEES_ALL),
    row("POST", f"/ar/workspace/cycles/{OPEN}/sensitivity/", 404, {}, FORM, _302=f"anybody {SEES_ALL}"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/results/", 404, _302="anybody", _200=f"{SEES_ALL} omar salem"),
    row("GET", f"/ar/workspace/cycles/{PUBLISHED}/results/", 200, _302="anybody"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/results/{OURS}/", 404, _302="anybody", _200=f"{SEES_ALL} omar"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/results/{OURS}/changes/", 404, _302="anybody", _200=f"{SEES_ALL} omar"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/results/{OURS}/happy/", 404, _302="anybody", _200=f"{SEES_ALL} omar"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/steps/lock/", 404, _302="anybody", _200="aisha"),
    row("POST", f"/ar/workspace/cycles/{OPEN}/steps/lock/", 404, {}, FORM, _302="anybody aisha"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/steps/approve/", 404, _302="anybody", _200="huda"),
    row("GET", f"/ar/workspace/cycles/{PUBLISHED}/steps/correct/", 404, _302="anybody", _200="huda"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/replies/", 404, _302="anybody", _200=f"{SEES_ALL} omar salem huda"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/replies/{OURS}/", 404, _302="anybody"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/replies/entities/{PORT}/", 404, _302="anybody"),
    row("GET", f"/ar/workspace/cycles/{PUBLISHED}/cures/", 404, _302="anybody", _200=f"{SEES_DRAFTS} omar salem"),
    row("POST", f"/ar/workspace/cycles/{PUBLISHED}/cures/", 404, {}, FORM, _302="anybody", _200="aisha"),
    row("GET", f"/ar/workspace/cycles/{PUBLISHED}/cures/{OURS}/", 404, _302="anybody", _200=f"{SEES_DRAFTS} omar"),
    row("GET", f"/ar/workspace/cycles/{PUBLISHED}/cures/{THEIRS}/", 404, _302="anybody"),
    row("GET", f"/ar/workspace/cycles/{OPEN}/rewards/", 404, _302="anybody"),
    row("GET", f"/ar/workspace/cycles/{PUBLISHED}/rewards/", 200, _302="anybody"),
    row("POST", f"/ar/workspace/cycles/{PUBLISHED}/rewards/", 404, {}, FORM, _302="anybody", _200="aisha"),
    row("GET", f"/ar/workspace/cycles/{PUBLISHED}/rewards/GIVEN/withdraw/", 404, _302="anybody", _200="aisha"),
    row("POST", f"/ar/workspace/cycles/{PUBLISHED}/rewards/GIVEN/withdraw/", 404, {}, FORM, _302="anybody", _200="aisha"),
    row("GET", "/ar/workspace/jobs/OMARJOB/", 404, _302="anybody", _200="aisha omar"),
    row("GET", "/ar/workspace/jobs/OMARJOB/progress/", 404, _302="anybody", _200="aisha omar"),
    row("GET", "/ar/workspace/leader/", 404, _302="anybody", _200=SEES_DRAFTS),
    row("GET", "/ar/workspace/people/", 404, _302="anybody", _200="aisha omar salem rashid"),
    row("GET", "/ar/workspace/people/invite/", 404, _302="anybody", _200="aisha omar salem"),
    row("GET", f"/ar/workspace/people/{code_of('omar')}/", 404, _302="anybody", _200="aisha omar rashid"),
    row("GET", f"/ar/workspace/people/{code_of('salem')}/", 404, _302="anybody", _200="aisha salem rashid"),
    row("GET", f"/ar/workspace/people/{code_of('mariam')}/", 404, _302="anybody", _200="aisha"),
    row("GET", f"/ar/workspace/people/{code_of('lin')}/roles/assessor/end/", 404, _302="anybody", _200="aisha"),
    row("GET", f"/ar/workspace/people/{code_of('omar')}/roles/champion/{PORT}/end/", 404, _302="anybody", _200="aisha"),
    row("GET", f"/ar/workspace/people/{code_of('machine')}/roles/integrator/{PORT}/end/", 404, _302="anybody", _200="aisha omar"),
    row("GET", f"/ar/workspace/people/{code_of('omar')}/suspend/", 404, _302="anybody", _200="aisha"),
    row("POST", f"/ar/workspace/people/{code_of('omar')}/suspend/", 404, {}, FORM, _302="anybody aisha"),
    row("GET", f"/ar/workspace/people/{code_of('aisha')}/suspend/", 404, _302="anybody"),
    row("GET", f"/ar/workspace/people/{code_of('omar')}/reactivate/", 404, _302="anybody", _200="aisha"),
    row("GET", "/ar/workspace/invitations/INVITED/withdraw/", 404, _302="anybody", _200="aisha omar"),
    row("POST", "/ar/workspace/invitations/INVITED/resend/", 404, {}, FORM, _302="anybody aisha omar"),
    row("GET", "/ar/workspace/audit/", 200, _302="anybody"),
    row("GET", "/ar/workspace/audit.csv", 200, _302="anybody"),
    row("GET", "/ar/workspace/audit/chain/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", "/ar/workspace/audit/1/", 404, _302="anybody", _200=SEES_ALL),
    row("GET", "/ar/reports/", 404, _302="anybody", _200=SEES_DRAFTS),
    row("POST", "/ar/reports/", 404, {"cycle": PUBLISHED}, FORM, _302=f"anybody {SEES_DRAFTS}"),
    row("GET", f"/ar/reports/{PUBLISHED}/progress/", 404, _302="anybody", _200=SEES_DRAFTS),
    row("GET", f"/ar/reports/{PUBLISHED}/channels.zip", 404, _302="anybody", _200=SEES_DRAFTS),
    row("GET", "/worker.js", 200),
    row("GET", "/ar/offline/", 200),
    row("GET", "/ar/accounts/invitation/no-such-secret/", 404),
    row("GET", "/ar/accounts/me/", 200, _302="anybody"),
    row("GET", "/ar/accounts/menu/", 200, _204="anybody"),
    row("GET", "/ar/accounts/login/", 302, _200="anybody"),
    row("GET", "/ar/accounts/logout/", 200, _302="anybody"),
    row("GET", "/ar/accounts/inactive/", 200),
    row("GET", "/ar/accounts/reauthenticate/", 200, _302="anybody"),
    row("GET", "/ar/accounts/password/change/", 200, _302="anybody"),
    row("GET", "/ar/accounts/password/set/", 302),
    row("GET", "/ar/accounts/password/reset/", 200),
    row("GET", "/ar/accounts/password/reset/done/", 200),
    row("GET", "/ar/accounts/password/reset/key/1-no-such-key/", 200),
    row("GET", "/ar/accounts/password/reset/key/done/", 200),
    row("GET", "/ar/accounts/2fa/", 200, _302="anybody"),
    row("GET", "/ar/accounts/2fa/authenticate/", 302),
    row("GET", "/ar/accounts/2fa/reauthenticate/", 302),
    row("GET", "/ar/accounts/2fa/totp/activate/", 302),
    row("GET", "/ar/accounts/2fa/totp/deactivate/", 404, _302="anybody"),
    row("GET", "/ar/accounts/2fa/recovery-codes/", 404, _302="anybody"),
    row("GET", "/ar/accounts/2fa/recovery-codes/generate/", 302),
    row("GET", "/ar/accounts/2fa/recovery-codes/download/", 404, _302="anybody"),
]

API_ROWS = [
    row("GET", f"{API}/openapi.json", 200),
    row("GET", f"{API}/docs", 200),
    row("GET", f"{API}/", 404),
    row("GET", f"{API}/no/such/thing", 404),
    row("GET", f"{API}/standards", 200),
    row("GET", f"{API}/standards/msr-1", 200),
    row("GET", f"{API}/standards/msr-1/card", 200),
    row("GET", f"{API}/regions", 200),
    row("GET", f"{API}/kinds", 200),
    row("GET", f"{API}/entities", 200),
    row("GET", f"{API}/entities/{PORT}", 200),
    row("GET", f"{API}/services", 200),
    row("GET", f"{API}/services/nothing", 404),
    row("GET", f"{API}/channels", 200),
    row("GET", f"{API}/channels/{OURS}", 200),
    row("GET", f"{API}/channels/ours-to-come", 404, _200=f"{MAY_WRITE_OURS} rashid"),
    row("PUT", f"{API}/channels/{OURS}", 403, CARD, _401="anybody", _200=MAY_WRITE_OURS),
    row("PUT", f"{API}/channels/new", 403, CARD, _401="anybody", _201=MAY_WRITE_OURS),
    row("PUT", f"{API}/channels/{THEIRS}", 403, CARD, _401="anybody", _200="aisha"),
    row("PUT", f"{API}/channels/ours-to-come", 403, CARD, _401="anybody", _200=MAY_WRITE_OURS),
    row(
        "POST",
        f"{API}/channels",
        403,
        f"code,name_ar,name_en,entity,kind\n{OURS},قناة,Channel,{PORT},app\n".encode(),
        "text/csv",
        _401="anybody",
        _200=MAY_WRITE_OURS,
    ),
    row("GET", f"{API}/cycles", 200),
    row("GET", f"{API}/cycles/{DRAFT}", 404, _200=SEES_DRAFTS),
    row("GET", f"{API}/cycles/{OPEN}", 200),
    row("GET", f"{API}/cycles/{PUBLISHED}", 200),
    row("GET", f"{API}/cycles/{DRAFT}/ratings", 404, _200=SEES_DRAFTS),
    row("GET", f"{API}/cycles/{OPEN}/ratings", 200),
    row("GET", f"{API}/cycles/{DRAFT}/ratings/{OURS}", 404),
    row("GET", f"{API}/cycles/{OPEN}/ratings/{OURS}", 404, _200=f"{SEES_ALL} omar"),
    row("GET", f"{API}/cycles/{OPEN}/ratings/{THEIRS}", 404, _200=f"{SEES_ALL} salem"),
    row("GET", f"{API}/cycles/{PUBLISHED}/ratings/{OURS}", 200),
    row("GET", f"{API}/cycles/{PUBLISHED}/ratings/{THEIRS}", 200),
    row("POST", f"{API}/cycles/{DRAFT}/evidence", 404, {"rows": [ROW]}, _401="anybody", _403=COUNCIL_SEES, _409="aisha"),
    row("POST", f"{API}/cycles/{PUBLISHED}/evidence", 403, {"rows": [ROW]}, _401="anybody", _409="aisha"),
    row("POST", f"{API}/cycles/{OPEN}/evidence", 403, {"rows": [ROW]}, _401="anybody", _201="aisha"),
    row("POST", f"{API}/cycles/{OPEN}/evidence?entity={PORT}", 403, {"rows": [ROW]}, _401="anybody", _201=MAY_WRITE_OURS),
    row(
        "POST",
        f"{API}/cycles/{OPEN}/evidence?entity={PORT}",
        403,
        {"rows": [ROW | {"subject": THEIRS}]},
        _401="anybody",
        _201="aisha",
        _422="omar machine",
    ),
    row("POST", f"{API}/cycles/{DRAFT}/adjustments?why=x", 404, {"rows": [ROW]}, _401="anybody", _403=COUNCIL_SEES, _409="aisha"),
    row("POST", f"{API}/cycles/{PUBLISHED}/adjustments?why=x", 403, {"rows": [ROW]}, _401="anybody", _409="aisha"),
    row("POST", f"{API}/cycles/{DRAFT}/weights", 404, WEIGHTS, _401="anybody", _403=COUNCIL_SEES, _409="aisha"),
    row("POST", f"{API}/cycles/{OPEN}/weights", 403, WEIGHTS, _401="anybody", _409="aisha"),
    row("POST", f"{API}/cycles/{PUBLISHED}/corrections?why=x", 403, {"rows": [ROW]}, _401="anybody", _201="aisha"),
    row("POST", f"{API}/cycles/{OPEN}/confirmations", 403, {"rows": [ROW]}, _401="anybody", _409="aisha"),
    row("GET", f"{API}/cycles/{OPEN}/round", 404, _401="anybody"),
    row("POST", f"{API}/cycles/{OPEN}/round", 403, _401="anybody", _409="aisha"),
    row("POST", f"{API}/cycles", 403, ANNOUNCED, _401="anybody", _201="aisha"),
    row("PATCH", f"{API}/cycles/{DRAFT}", 404, {"least": 6}, _401="anybody", _403=COUNCIL_SEES, _200="aisha"),
    row("POST", f"{API}/cycles/{DRAFT}/cover", 404, {"kinds": ["app"]}, _401="anybody", _403=COUNCIL_SEES, _200="aisha"),
    row("POST", f"{API}/cycles/{DRAFT}/uncover", 404, {"channels": [OURS]}, _401="anybody", _403=COUNCIL_SEES, _200="aisha"),
    row("POST", f"{API}/cycles/{OPEN}/facts", 403, {"facts": {OURS: {"breach": "no"}}}, _401="anybody", _200="aisha"),
    row("POST", f"{API}/cycles/{DRAFT}/moves", 404, {"verb": "open"}, _401="anybody", _403=COUNCIL_SEES, _200="aisha"),
    row("POST", f"{API}/cycles/{OPEN}/moves", 403, {"verb": "approve"}, _401="anybody", _409="huda"),
    row("POST", f"{API}/cycles/{OPEN}/moves", 403, {"verb": "publish"}, _401="anybody", _409="aisha"),
    row("POST", f"{API}/cycles/{PUBLISHED}/publications", 403, {"why": "x"}, _401="anybody", _202="huda"),
    row("GET", f"{API}/cycles/{OPEN}/replies", 200, _401="anybody"),
    row("PUT", f"{API}/cycles/{OPEN}/replies/{OURS}", 403, {"text_ar": "رد"}, _401="anybody", _409="omar"),
    row("PUT", f"{API}/cycles/{OPEN}/entity-replies/{PORT}", 403, {"text_ar": "رد"}, _401="anybody", _409="omar"),
    row("GET", f"{API}/cycles/{PUBLISHED}/cures", 200, _401="anybody"),
    row("POST", f"{API}/cycles/{PUBLISHED}/cures", 403, {}, _401="anybody", _200="aisha"),
    row("GET", f"{API}/cycles/{PUBLISHED}/cures/{OURS}", 404, _401="anybody", _200=f"{SEES_DRAFTS} omar"),
    row("PUT", f"{CURED}/plan", 404, PLAN, _401="anybody", _403="aisha huda noor rashid", _200="omar"),
    row("PUT", f"{CURED}/steps/1", 404, DONE, _401="anybody", _403="aisha huda noor rashid", _409="omar"),
    row("POST", f"{CURED}/re-evaluation", 404, SCORES, _401="anybody", _403="huda noor rashid omar", _409="aisha"),
    row(
        "POST",
        f"{CURED}/moves",
        404,
        {"verb": "escalate", "why": "x"},
        _401="anybody",
        _403="huda noor rashid omar",
        _200="aisha",
    ),
    row("GET", f"{API}/cycles/{PUBLISHED}/rewards", 200, _401="anybody"),
    row("POST", f"{API}/cycles/{PUBLISHED}/rewards", 403, REWARD, _401="anybody", _201="aisha"),
    row("POST", f"{API}/cycles/{PUBLISHED}/rewards/GIVEN/withdrawal", 403, BACK, _401="anybody", _200="aisha"),
    row("GET", f"{API}/cycles/{OPEN}/runs", 200, _401="anybody"),
    row("GET", f"{API}/cycles/{OPEN}/integrity", 404, _401="anybody", _200=SEES_ALL),
    row("GET", f"{API}/cycles/{OPEN}/raters", 404, _401="anybody", _200=SEES_ALL),
    row("GET", f"{API}/cycles/{OPEN}/raters/s0", 404, _401="anybody", _200=SEES_ALL),
    row("GET", f"{API}/changed-raters", 404, _401="anybody", _200=SEES_ALL),
    row("GET", f"{API}/cycles/{OPEN}/exercises", 404, _401="anybody", _200=SEES_ALL),
    row("GET", f"{API}/cycles/{OPEN}/exercises/EXERCISE", 404, _401="anybody", _200=SEES_ALL),
    row("POST", f"{API}/cycles/{OPEN}/exercises/EXERCISE/withdrawal", 403, {"why": "x"}, _401="anybody", _200="aisha"),
    row("GET", f"{API}/cycles/{OPEN}/ratings/{OURS}/changes", 404, _401="anybody", _200=f"{SEES_ALL} omar"),
    row("GET", f"{API}/cycles/{PUBLISHED}/ratings/{THEIRS}/changes", 200, _401="anybody"),
    row("GET", f"{API}/cycles/{OPEN}/visits", 404, _401="anybody", _200=SEES_ALL),
    row("GET", f"{API}/cycles/{OPEN}/watching", 404, _401="anybody", _200=SEES_ALL),
    row("GET", f"{API}/cycles/{PUBLISHED}/reviews", 200, _401="anybody"),
    row("GET", f"{API}/cycles/{OPEN}/readiness", 404, _401="anybody", _200=SEES_ALL),
    row("POST", f"{API}/cycles/{OPEN}/runs", 403, _401="anybody", _200="aisha"),
    row("GET", f"{API}/runs/RUN", 404, _401="anybody", _200=f"{SEES_ALL} omar salem"),
    row("POST", f"{API}/runs/RUN/cancel", 404, _401="anybody", _403="rashid omar salem", _409="aisha"),
    row("GET", f"{API}/jobs", 200, _401="anybody"),
    row("GET", f"{API}/jobs/OMARJOB", 404, _401="anybody", _200="aisha omar"),
    row("POST", f"{API}/jobs/OMARJOB/cancel", 404, _401="anybody", _200="aisha omar"),
    row("GET", f"{API}/tokens", 200, _401="anybody"),
    row("POST", f"{API}/tokens", 403, {}, _401="anybody"),
    row("DELETE", f"{API}/tokens/OMARTOKEN", 404, _401="anybody", _204="aisha omar"),
    row("GET", f"{API}/publications", 200),
    row("GET", f"{API}/publications/PUBLICATION", 200),
    row("GET", f"{API}/publications/PUBLICATION/bundle.zip", 200),
    row("GET", f"{API}/publications/PUBLICATION/decision", 200),
    row("GET", f"{API}/publications/PUBLICATION/auditor.zip", 404, _401="anybody", _200=SEES_ALL),
    row("GET", f"{API}/open", 200),
    row("GET", f"{API}/open/channels.csv", 200),
    row("GET", f"{API}/open/publications/PUBLICATION/ratings.csv", 200),
    row("GET", f"{API}/subscriptions", 200, _401="anybody"),
    row(
        "POST",
        f"{API}/subscriptions",
        403,
        {"url": "https://receiver.example/hook"},
        _401="anybody",
        _201="aisha omar salem rashid machine",
    ),
    row("GET", f"{API}/subscriptions/OMARS/deliveries", 404, _401="anybody", _200="aisha omar"),
    row("DELETE", f"{API}/subscriptions/OMARS", 404, _401="anybody", _204="aisha omar"),
]
TABLE = [*PAGES, *API_ROWS]


def routes(resolver=None, before="") -> set[str]:
    """Return the route of every address the server knows."""
    found = set()
    for part in (resolver or get_resolver()).url_patterns:
        route = before + str(part.pattern)
        found |= routes(part, route) if isinstance(part, URLResolver) else {route.replace("^", "")}
    return found


def route_of(address: str) -> str:
    """Return the route that an address takes."""
    with override("ar"):
        return resolve(address.partition("?")[0]).route.replace("^", "")


def test_every_address_is_in_the_table():
    with override("ar"):
        known = routes()
    assert known - {route_of(one.address) for one in TABLE} == set()


def test_every_operation_of_the_api_is_in_the_table():
    described = {(method.upper(), path) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods}
    told = {(one.method, "/" + route_of(one.address).replace("<", "{").replace(">", "}")) for one in API_ROWS}
    assert described - told == set()


@pytest.fixture
def country(db, settings, tmp_path):
    """The country, for as long as a test."""
    settings.MARSAD = settled(settings.MARSAD, tmp_path)
    return inhabited(tmp_path)


def settled(environment, folder):
    """Return the settings of a country that keeps everything in a folder."""
    from marsad.ledger import new_key

    home = folder / "home"
    (home / "keys").mkdir(parents=True)
    new_key(home / "keys" / "signing.pem")
    places = {"home": home, "lake": home / "lake", "signing_key": home / "keys" / "signing.pem"}
    return replace(environment, **places, engine="", require_mfa=False)


def inhabited(folder):
    """Make a country with a cycle in draft, one open and rated, and one published; return its people and codes."""
    build.catalogue()
    people = world.everybody()._asdict()
    people["machine"] = world.somebody("machine", roles=[(Role.INTEGRATOR, PORT)])
    publication = build.published(build.opened(folder, code=PUBLISHED))
    open_cures(by=people["aisha"], cycle=publication.cycle, chosen=[OURS], why="It asks for help.", at=NOW)
    open_review(by=people["aisha"], cycle=publication.cycle, channel=OURS, why="It changed.", at=NOW)
    told = {"what": Text("x", "A medal"), "decided": Text("x", "The council"), "given_on": NOW.date()}
    reward = record_reward(by=people["aisha"], cycle=publication.cycle, channel=OURS, at=NOW, **told)
    run = build.rated(build.opened(folder))
    film = folder / "film.csv"
    film.write_text("rater,indicator,value\ns0,queue,4\ns1,queue,6\n", encoding="utf-8")
    exercise = hold_exercise(by=people["aisha"], cycle=run.cycle, name="A film", path=film, file_name=film.name, at=NOW)
    build.announced(folder, code=DRAFT)
    to_come(people["aisha"])
    subscription, _secret = subscribe(by=people["omar"], url="https://receiver.example/", at=NOW)
    job = promise(by=people["omar"], order=Order("channels", {}), at=NOW)
    token, _secret = issue_token(
        by=people["omar"], person=people["omar"], name="t", scopes=[Scope.READ], entity_code=PORT, expires=NOW + DAY, at=NOW
    )
    invitation, _secret = invite(by=people["omar"], email="guest@marsad.example", role=Role.INTEGRATOR, entity_code=PORT, at=NOW)
    codes = {"PUBLICATION": publication.code, "RUN": run.code, "OMARS": subscription.code, "INVITED": invitation.code}
    return people, codes | {"OMARJOB": job.code, "OMARTOKEN": token.code, "EXERCISE": exercise.code, "GIVEN": reward.code}


def to_come(aisha):
    """Add a channel of the Port Authority that is yet to begin."""
    from datetime import date

    from marsad.catalogue.actions import add_channel
    from marsad.catalogue.cards import ChannelCard

    add_channel(by=aisha, card=ChannelCard(code="ours-to-come", **CARD, active_from=date(2090, 1, 1)), at=NOW)


@contextmanager
def undone():
    """Undo in the database what is done inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def walk(country, monkeypatch):
    """Return what walks to an address as somebody, signed in once and for all, and tells the status that they get.

    Reports are not set in type: it would take longer than all the rest, and whoever may have one gets it. Pages that are the
    same for all are drawn once, though what keeps them is undone.
    """
    monkeypatch.setattr("marsad.reports.printed.pdf", lambda document: b"%PDF-")
    keep, once = drawings.kept, {}

    def kept(publication, at, draw):
        once[at] = once.get(at) or keep(publication, at, draw)
        return once[at]

    monkeypatch.setattr(drawings, "kept", kept)
    people, codes = country
    browser = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    sessions = {name: session_of(person) for name, person in people.items()}

    def walked(one: Row, name: str) -> int:
        cache.clear()
        browser.cookies.clear()
        if name in sessions:
            browser.cookies[settings.SESSION_COOKIE_NAME] = sessions[name]
        with undone():
            return browser.generic(one.method, named(one.address, codes), **given(one)).status_code

    return walked


def session_of(person) -> str:
    """Return the session of somebody who has signed in."""
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def named(address: str, codes: dict[str, str]) -> str:
    """Return an address with the codes of this country."""
    for name, code in codes.items():
        address = address.replace(name, code)
    return address


def given(one: Row) -> dict:
    """Return what a request brings."""
    if one.body is None:
        return {}
    if one.content_type == FORM:
        return {"data": urlencode(one.body), "content_type": FORM}
    return {"data": one.body if isinstance(one.body, bytes) else json.dumps(one.body), "content_type": one.content_type}


def test_everybody_gets_what_the_table_says(walk):
    wrong = []
    for one in TABLE:
        for name, expected in one.expected.items():
            got = walk(one, name)
            if got != expected:
                wrong.append(f"{one.method} {one.address}: {name} gets {got}, not {expected}")
    assert "\n".join(wrong) == ""


def test_whoever_needs_a_second_factor_gets_nowhere_without_one(walk, settings):
    settings.MARSAD = replace(settings.MARSAD, require_mfa=True)
    open_to_them = {"/health", "/worker.js", "/preferences/numerals/", "/ar/offline/", "/ar/accounts/menu/"}
    open_to_them |= {f"/ar/accounts/{page}/" for page in ("login", "logout", "inactive", "reauthenticate")}
    for one in TABLE:
        if one.address in open_to_them:
            continue
        for name in ("aisha", "huda", "rashid"):
            as_anybody = one.expected["anybody"] if one in API_ROWS else None
            assert walk(one, name) in (302, 403, as_anybody), (name, one)
