"""The addresses of working pages, below /<language>/workspace/."""

from __future__ import annotations

from django.urls import path, register_converter

from marsad.workspace.converters import Pseudonym
from marsad.workspace.views import (
    audit,
    changes,
    confirmation,
    cures,
    cycles,
    evidence,
    integrity,
    leader,
    people,
    raters,
    replies,
    runs,
    sensitivity,
    visits,
    watching,
    what_if,
)

register_converter(Pseudonym, "pseudonym")

CYCLE = "cycles/<slug:cycle>/"
PERSON = "people/<slug:code>/"

urlpatterns = [
    path("", cycles.home, name="workspace"),
    path("cycles/", cycles.cycles, name="workspace_cycles"),
    path("announce/", cycles.announce, name="workspace_announce"),
    path(CYCLE, cycles.cycle, name="workspace_cycle"),
    path(f"{CYCLE}edit/", cycles.edit, name="workspace_edit"),
    path(f"{CYCLE}scope/", cycles.scope, name="workspace_scope"),
    path(f"{CYCLE}evidence/", evidence.evidence, name="workspace_evidence"),
    path(f"{CYCLE}evidence/missing.csv", evidence.missing_csv, name="workspace_missing_csv"),
    path(f"{CYCLE}evidence/bring/", evidence.bring, name="workspace_bring"),
    path(f"{CYCLE}visits/", visits.visits, name="workspace_visits"),
    path(f"{CYCLE}visits.csv", visits.visits_csv, name="workspace_visits_csv"),
    path(f"{CYCLE}readiness/", visits.readiness, name="workspace_readiness"),
    path(f"{CYCLE}confirmation/", confirmation.confirmation, name="workspace_confirmation"),
    path(f"{CYCLE}confirmation.csv", confirmation.confirmation_csv, name="workspace_confirmation_csv"),
    path(f"{CYCLE}raters/", raters.raters, name="workspace_raters"),
    path(f"{CYCLE}raters/<pseudonym:rater>/", raters.rater, name="workspace_rater"),
    path("changed-raters/", raters.changed, name="workspace_changed_raters"),
    path(f"{CYCLE}integrity/", integrity.integrity, name="workspace_integrity"),
    path(f"{CYCLE}runs/", runs.runs, name="workspace_runs"),
    path(f"{CYCLE}runs/<slug:run>/", runs.run, name="workspace_run"),
    path(f"{CYCLE}runs/<slug:run>/progress/", runs.run_progress, name="workspace_run_progress"),
    path(f"{CYCLE}runs/<slug:run>/cancel/", runs.cancel_run, name="workspace_cancel_run"),
    path(f"{CYCLE}comparison/", runs.comparison, name="workspace_comparison"),
    path(f"{CYCLE}comparison.csv", runs.comparison_csv, name="workspace_comparison_csv"),
    path(f"{CYCLE}what-if/", what_if.what_if, name="workspace_what_if"),
    path(f"{CYCLE}watching/", watching.watching, name="workspace_watching"),
    path(f"{CYCLE}reviews/", watching.reviews, name="workspace_reviews"),
    path(f"{CYCLE}reviews/<slug:channel>/", watching.review, name="workspace_review"),
    path(f"{CYCLE}sensitivity/", sensitivity.sensitivity, name="workspace_sensitivity"),
    path(f"{CYCLE}results/", evidence.results, name="workspace_results"),
    path(f"{CYCLE}results/<slug:channel>/", evidence.channel, name="workspace_channel"),
    path(f"{CYCLE}results/<slug:channel>/changes/", changes.changes, name="workspace_changes"),
    path(f"{CYCLE}results/<slug:channel>/<slug:indicator>/", evidence.trail, name="workspace_trail"),
    path(f"{CYCLE}steps/<slug:verb>/", runs.move, name="workspace_move"),
    path(f"{CYCLE}replies/", replies.replies, name="workspace_replies"),
    path(f"{CYCLE}replies/<slug:channel>/", replies.reply, name="workspace_reply"),
    path(f"{CYCLE}cures/", cures.cures, name="workspace_cures"),
    path(f"{CYCLE}cures/<slug:channel>/", cures.cure, name="workspace_cure"),
    path(f"{CYCLE}rewards/", cures.rewards, name="workspace_rewards"),
    path("jobs/<slug:job>/", runs.job, name="workspace_job"),
    path("jobs/<slug:job>/progress/", runs.job_progress, name="workspace_job_progress"),
    path("leader/", leader.leader, name="workspace_leader"),
    path("people/", people.people, name="workspace_people"),
    path("people/invite/", people.invite, name="workspace_invite"),
    path(PERSON, people.person, name="workspace_person"),
    path(f"{PERSON}roles/<slug:role>/end/", people.end_role, name="workspace_end_role"),
    path(f"{PERSON}roles/<slug:role>/<slug:entity>/end/", people.end_role, name="workspace_end_role"),
    path(f"{PERSON}suspend/", people.suspend, name="workspace_suspend"),
    path(f"{PERSON}reactivate/", people.reactivate, name="workspace_reactivate"),
    path("invitations/<slug:code>/resend/", people.resend, name="workspace_resend"),
    path("invitations/<slug:code>/withdraw/", people.withdraw, name="workspace_withdraw"),
    path("audit/", audit.audit, name="workspace_audit"),
    path("audit.csv", audit.audit_csv, name="workspace_audit_csv"),
    path("audit/chain/", audit.chain, name="workspace_audit_chain"),
    path("audit/<int:number>/", audit.entry, name="workspace_audit_entry"),
]
