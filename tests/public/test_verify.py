"""Verification: the chain of all that was published, and bundles that strangers send: whole, broken, foreign or hostile."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import gettext, override

from marsad.ledger import new_key, public_key
from marsad.ledger.verify import verify
from marsad.public import checking
from marsad.public.verify import chain_of, keyring
from marsad.ratings.access import bundle_for, publications_for
from marsad.web.charts.seals import State

CHECK = "/en/verify/check/"


@pytest.fixture
def bundle(land):
    """The bytes of the public bundle."""
    return bundle_for(None, land).read_bytes()


def changed(bundle: bytes, name: str, content: bytes | None) -> bytes:
    """Return a bundle with one file of another content, or without it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
            elif content is not None:
                new.writestr(one, content)
    return target.getvalue()


def read(bundle: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return archive.read(name)


def sent(client: Client, content: bytes, address: str = CHECK, name: str = "2026-1.zip", **more):
    return client.post(address, {"bundle": SimpleUploadedFile(name, content), **more})


def test_the_page_lists_every_publication_with_bundle_key_and_command(visitor, land):
    page = visitor.get("/en/verify/").content.decode()
    assert land.fingerprint in page
    assert land.key_id in page
    assert f"/api/v1/publications/{land.code}/bundle.zip" in page
    assert f"marsad verify {land.identity}.zip --key marsad-keys.pem" in page
    assert "csrf" not in page
    assert "The chain is whole" in page


def test_the_form_comes_by_itself_and_is_never_kept(visitor):
    part = visitor.get(CHECK, headers={"HX-Request": "true"})
    assert "csrfmiddlewaretoken" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "no-store" in part["Cache-Control"]


@pytest.mark.parametrize(("language", "said"), [("en", "This bundle is whole"), ("ar", "هذه الحزمة سليمة")])
def test_a_bundle_as_it_was_published_is_whole(visitor, bundle, language, said):
    page = sent(visitor, bundle, f"/{language}/verify/check/").content.decode()
    assert said in page
    assert 'class="tag bad"' not in page


def test_a_changed_file_breaks_the_seals_it_stands_under_and_no_others(visitor, bundle):
    ratings = read(bundle, "ratings.csv")
    page = sent(visitor, changed(bundle, "ratings.csv", ratings.replace(b",4.0,", b",3.0,", 1).replace(b",4,", b",3,", 1)))
    html = page.content.decode()
    assert "This bundle is not as it was signed" in html
    assert "ratings.csv was changed" in html
    assert html.count('class="tag good"') >= 3
    assert "The chain breaks at" in html


def test_what_breaks_is_said_in_the_readers_language(visitor, bundle):
    page = sent(visitor, changed(bundle, "nodes.csv", None), "/ar/verify/check/").content.decode()
    assert "الملف nodes.csv غير موجود" in page
    assert "is missing" not in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7 not a bundle", "this is no .zip file"),
        (b"PK\x03\x04 and then nothing", "this is not a whole .zip file"),
        (b"hello", "choose the .zip of a publication"),
    ],
)
def test_what_is_no_bundle_is_answered_in_a_sentence_with_its_remedy(visitor, content, said):
    answer = sent(visitor, content, name="report.pdf")
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "/tmp" not in answer.content.decode()


def test_a_zip_without_a_publication_says_so(visitor, bundle):
    answer = sent(visitor, changed(bundle, "publication.json", None))
    assert "there is no publication.json in this .zip" in answer.content.decode()


def test_nothing_chosen_is_said(visitor):
    assert "no file was chosen" in visitor.post(CHECK, {}).content.decode()


def test_too_large_a_file_is_refused_before_it_is_read_as_a_form(visitor, bundle, monkeypatch):
    monkeypatch.setattr(checking, "MOST_SENT", 1)
    monkeypatch.setattr(checking, "BESIDE", 100)
    answer = sent(visitor, bundle)
    assert answer.status_code == 413
    assert "marsad verify" in answer.content.decode()


def test_a_bundle_that_unpacks_to_too_much_is_for_ones_own_machine(visitor, bundle, monkeypatch):
    monkeypatch.setattr(checking, "MOST_UNPACKED", 1000)
    assert "it unpacks to more than is checked here" in sent(visitor, bundle).content.decode()


def test_too_many_draws_are_not_drawn_again_for_strangers(visitor, bundle, monkeypatch):
    monkeypatch.setattr(checking, "MOST_DRAWN", 100)
    assert "its draws are too many to be made again here" in sent(visitor, bundle).content.decode()


def test_a_bundle_that_hides_how_many_draws_it_asks_for_is_stopped_all_the_same(visitor, bundle, monkeypatch):
    monkeypatch.setattr(checking, "MOST_DRAWN", 100)
    monkeypatch.setattr(checking, "draws_of", lambda publication: 0)
    assert "cannot be drawn again" in sent(visitor, bundle).content.decode()


def test_a_bundle_of_another_publisher_is_checked_with_their_key(visitor, bundle, tmp_path, settings):
    from dataclasses import replace

    own = public_key(settings.MARSAD.signing_key)
    (tmp_path / "theirs").mkdir()
    new_key(tmp_path / "theirs" / "signing.pem")
    settings.MARSAD = replace(settings.MARSAD, signing_key=tmp_path / "theirs" / "signing.pem")
    assert "for which no key given vouches" in sent(visitor, bundle).content.decode()
    with_key = sent(visitor, bundle, key=SimpleUploadedFile("publisher.pem", own)).content.decode()
    assert "This bundle is whole" in with_key


def test_what_is_no_key_is_said(visitor, bundle):
    answer = sent(visitor, bundle, key=SimpleUploadedFile("key.pem", b"not a key"))
    assert "there is no public key in this file" in answer.content.decode()


def test_a_form_without_its_token_is_refused(land, db, bundle):
    strict = Client(enforce_csrf_checks=True)
    assert sent(strict, bundle).status_code == 403


def test_one_place_may_not_have_bundles_checked_without_end(visitor):
    answers = [visitor.post(CHECK, {}).status_code for _try in range(12)]
    assert answers[:10] == [422] * 10
    assert answers[-1] == 429


def test_nothing_is_kept_of_what_was_sent(visitor, bundle, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    sent(visitor, bundle).close()
    assert list(tmp_path.iterdir()) == []


def test_the_keys_handed_out_are_those_that_check(visitor, land, tmp_path):
    (tmp_path / "keys.pem").write_bytes(visitor.get("/en/verify/keys.pem").content)
    from marsad.ledger import public_keys

    assert verify(bundle_for(None, land), public_keys(tmp_path / "keys.pem")).holds
    assert keyring().public == public_keys(tmp_path / "keys.pem")


def test_a_bundle_that_was_changed_on_the_server_breaks_the_chain_there(visitor, land, bundle):
    path = bundle_for(None, land)
    text = read(bundle, "publication.json").replace(b'"number":1', b'"number":2')
    try:
        path.chmod(0o644)
        path.write_bytes(changed(bundle, "publication.json", text))
        [seal] = chain_of(publications_for(None), "en")
        assert seal.state is State.BROKEN
        path.unlink()
        [gone] = chain_of(publications_for(None), "en")
        assert gone.state is State.BROKEN
    finally:
        path.write_bytes(bundle)
    [mended] = chain_of(publications_for(None), "en")
    assert mended.state is State.KEPT


def test_every_clause_of_a_seal_is_said_in_arabic(land, db, bundle, tmp_path):
    path = tmp_path / "broken.zip"
    path.write_bytes(changed(bundle, "evidence.csv", b"channel\n"))
    with override("ar"):
        for seal in verify(path, keyring().public).seals:
            assert any("\u0600" <= letter <= "\u06ff" for letter in seal.say(gettext)), seal
