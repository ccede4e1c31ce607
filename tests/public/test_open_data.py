"""Open data: every table and column of the dictionary, and addresses that answer."""

import re

import pytest

from marsad.ratings.tables import tables


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_column_of_every_table_is_explained(visitor, language):
    page = visitor.get(f"/{language}/open-data/").content.decode()
    for table in tables().values():
        for column in table.columns:
            assert f"<code>{column.name}</code>" in page
            assert column.meaning[language].replace("'", "&#x27;") in page


def test_every_download_answers(visitor, land):
    page = visitor.get("/en/open-data/").content.decode()
    addresses = set(re.findall(r'href="(/api/v1/open/[^"]+|/api/v1/publications/[^"]+)"', page))
    assert land.code in page
    assert len(addresses) == 3 * len(tables()) + 1
    assert {visitor.get(address).status_code for address in addresses} == {200}


def test_the_examples_name_the_server_as_it_is_called(visitor, settings):
    from dataclasses import replace

    settings.MARSAD = replace(settings.MARSAD, hosts=("marsad.example",))
    assert "curl -O https://marsad.example/api/v1/open/publications/" in visitor.get("/en/open-data/?").content.decode()


def test_the_licence_is_that_of_the_setting(visitor, settings):
    from dataclasses import replace

    settings.MARSAD = replace(settings.MARSAD, data_licence="OGL-UAE")
    assert "OGL-UAE" in visitor.get("/en/open-data/?a=1").content.decode()
