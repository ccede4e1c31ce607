"""The page of all operations stands under the strict policy of every page."""

from tests.api.build import Api


def test_the_page_forbids_inline_scripts_and_other_hosts(db):
    answer = Api().get("/docs")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "https://" not in answer.content.decode()
