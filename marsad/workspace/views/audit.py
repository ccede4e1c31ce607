"""Pages of the audit: its entries with filters, one of them, the same as a file, and whether its chain is whole."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse

from marsad.accounts.access import NotFound
from marsad.accounts.actions import check_audit
from marsad.workspace.audit import EACH, Audit, chain_words
from marsad.workspace.desk import Desk, whole, working


@working
def audit(desk: Desk) -> HttpResponse:
    """Show the entries that whoever looks may see."""
    found = Audit(desk)
    page = Paginator(found.found, EACH).get_page(whole(desk.request.GET.get("page")))
    page.range = page.paginator.get_elided_page_range(page.number)
    return desk.show("audit", audit=found, page=page, lines=[found.line(entry) for entry in page])


@working
def audit_csv(desk: Desk) -> HttpResponse:
    """Give the same entries as a file."""
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingHttpResponse(Audit(desk).csv(), content_type="text/csv; charset=utf-8", headers=headers)


@working
def entry(desk: Desk, number: int) -> HttpResponse:
    """Show one entry whole."""
    found = Audit(desk)
    one = found.visible.select_related("by").filter(number=number).first()
    if one is None:
        raise NotFound("action")
    return desk.show("audit_entry", line=found.line(one))


@working
def chain(desk: Desk) -> HttpResponse:
    """Show whether the chain of the audit is whole: every entry is reckoned again."""
    if not Audit(desk).reads_all:
        raise NotFound("page")
    is_whole, sentence, faults = chain_words(check_audit())
    return desk.show("audit_chain", is_whole=is_whole, sentence=sentence, faults=faults)
