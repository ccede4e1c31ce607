"""Files come into the catalogue whole or not at all, and what is wrong with them is said line by line."""

import gzip
import time
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marsad.accounts.access import Forbidden
from marsad.accounts.models import Action
from marsad.catalogue.actions import import_catalogue
from marsad.catalogue.models import Channel, Entity, Region, Service
from marsad.catalogue.sheets import Mistakes, line_numbers
from marsad.core.problem import Problem
from marsad.lake.tables import read_table
from tests.catalogue.build import NOW, write

REGIONS = "code,name_ar,name_en\nnorth,المنطقة الشمالية,Northern Region\n"
ENTITIES = "code,name_ar,name_en\nports,هيئة الموانئ,Port Authority\nhealth,هيئة الصحة,Health Authority\n"
SERVICES = """code,entity,name_ar,name_en,level,type,fee,promised_time,promised_unit
berth,ports,حجز رصيف,Book a Berth,main,transactional,١٥٠٫٥,3,working-day
tides,ports,أوقات المد,Tide Times,sub,informational,0,,
vaccination,health,التطعيم,Vaccination,,,,20,minute
"""
CHANNELS = """code,entity,kind,name_ar,name_en,region,place_ar,place_en,latitude,longitude,hours,accessible,partner_run,services,\
active_from
quay,ports,service-centre,مركز الرصيف,Quay Centre,north,الرصيف ٣,Quay 3,25.27,55.29,"mon-thu 7:30-15:30; fri 7:30-12:00",\
yes,no,berth tides,2020-01-31
clinic,health,outsourced-centre,مركز العيادة,Clinic Centre,,,,,,,,نعم,vaccination,
site,health,website,موقع الصحة,Health Website,,,,,,24/7,,,,
"""
ALL = {"regions": REGIONS, "entities": ENTITIES, "services": SERVICES, "channels": CHANNELS}


@pytest.fixture
def bring(tmp_path, aisha):
    """Import files as the head of the programme."""

    def bring_in(by=aisha, **files):
        for old in tmp_path.glob("*.csv"):
            old.unlink()
        return import_catalogue(by=by, path=write(tmp_path, **files), at=NOW)

    return bring_in


@pytest.fixture
def refused(bring):
    """Import files that are refused, and return what is said: file, line, column, what is wrong."""

    def refuse(**files) -> list[tuple]:
        before = counts()
        with pytest.raises(Mistakes) as mistakes:
            bring(**files)
        assert counts() == before
        assert all(problem.remedy for problem in mistakes.value.all)
        return [(problem.file.name, problem.line, problem.column, problem.what) for problem in mistakes.value.all]

    return refuse


def counts() -> list[int]:
    return [model.objects.count() for model in (Region, Entity, Service, Channel, Action)]


def summary(report) -> dict[str, tuple[int, int, int]]:
    return {table: (len(done.added), len(done.changed), done.unchanged) for table, done in report.items()}


def test_a_folder_of_files_becomes_the_catalogue(bring):
    report = bring(**ALL)
    assert summary(report) == {"region": (1, 0, 0), "entity": (2, 0, 0), "service": (3, 0, 0), "channel": (3, 0, 0)}
    assert report["channel"].added == ("quay", "clinic", "site")
    quay = Channel.objects.get(code="quay").card()
    assert (quay.entity, quay.kind, quay.region, quay.place_ar) == ("ports", "service-centre", "north", "الرصيف ٣")
    assert (quay.latitude, quay.longitude, quay.hours) == (25.27, 55.29, "mon-thu 07:30-15:30; fri 07:30-12:00")
    assert (quay.accessible, quay.partner_run, quay.services) == (True, False, ("berth", "tides"))
    assert (quay.active_from, quay.active_to) == (date(2020, 1, 31), None)
    clinic = Channel.objects.get(code="clinic").card()
    assert (clinic.accessible, clinic.partner_run, clinic.region, clinic.latitude) == (None, True, "", None)
    berth, tides, vaccination = (Service.objects.get(code=code).card() for code in ("berth", "tides", "vaccination"))
    assert (berth.fee, berth.promised_time, berth.promised_unit) == (Decimal("150.50"), 3, "working-day")
    assert (tides.level, tides.type, tides.fee, tides.promised_time) == ("sub", "informational", 0, None)
    assert (vaccination.level, vaccination.type, vaccination.fee) == ("main", "transactional", None)


def test_bringing_the_same_files_again_changes_nothing_and_leaves_no_trace(bring):
    bring(**ALL)
    rows, actions = list(Channel.objects.values()), Action.objects.count()
    assert summary(bring(**ALL)) == {"region": (0, 0, 1), "entity": (0, 0, 2), "service": (0, 0, 3), "channel": (0, 0, 3)}
    assert (list(Channel.objects.values()), Action.objects.count()) == (rows, actions)


def test_a_changed_line_changes_its_row_and_what_no_column_speaks_of_stays(bring):
    bring(**ALL)
    report = bring(channels="code,entity,kind,name_ar,name_en\nquay,ports,service-centre,مركز الرصيف,New Quay Centre\n")
    assert (report["channel"].added, report["channel"].changed) == ((), ("quay",))
    quay = Channel.objects.get(code="quay")
    assert (quay.name_en, quay.sort_en, quay.latitude, quay.region.code) == ("New Quay Centre", "new quay centre", 25.27, "north")
    assert quay.card().services == ("berth", "tides")
    assert Channel.objects.count() == 3


def test_a_blank_cell_says_that_nothing_is_known(bring):
    bring(**ALL)
    header = "code,entity,kind,name_ar,name_en,hours,services,latitude,longitude\n"
    bring(channels=header + "quay,ports,service-centre,مركز الرصيف,Quay Centre,,tides,,\n")
    quay = Channel.objects.get(code="quay").card()
    assert (quay.hours, quay.services, quay.latitude, quay.region) == ("", ("tides",), None, "north")


def test_one_file_can_be_named_alone(bring, tmp_path, aisha):
    bring(**ALL)
    (tmp_path / "entities.csv").write_text(ENTITIES.replace("Port Authority", "Ports Authority"), encoding="utf-8")
    report = import_catalogue(by=aisha, path=tmp_path / "entities.csv", at=NOW)
    assert list(report) == ["entity"]
    assert report["entity"].changed == ("ports",)


def test_every_mistake_of_every_file_is_said_with_its_place(refused):
    services = """code,entity,name_ar,name_en,level,type,fee,promised_time,promised_unit
Berth,ports,حجز رصيف,Book a Berth,great,transactional,-5,,
tides,sea,أوقات المد,,sub,informational,0.999,1.5,minute
tides,ports,Tide,المد,sub,other,"1,5",5,
"""
    channels = """code,entity,kind,name_ar,name_en,region,place_ar,latitude,longitude,hours,time_zone,accessible,services,\
active_from,active_to
quay,ports,castle,مركز الرصيف,Quay Centre,south,,95,55.29,mornings,Moon/Base,perhaps,berth nothing,2027-02-30,
pier,,app,مركز,Pier,,هنا,north,55,mon 9:00-8:99,,yes,tides tides,2027-01-02,2027-01-01
"""
    assert refused(entities=ENTITIES, services=services, channels=channels, regions=REGIONS) == [
        ("services.csv", 2, "code", "'Berth' is no code"),
        ("services.csv", 2, "level", "there is no level 'great'"),
        ("services.csv", 2, "fee", "a fee of -5 cannot be"),
        ("services.csv", 3, "promised_time", "1.5 is not a whole number"),
        ("services.csv", 3, "name_en", "there is no English name"),
        ("services.csv", 3, "entity", "'sea' is not the code of an entity"),
        ("services.csv", 3, "fee", "the fee 0.999 has more than two decimals"),
        ("services.csv", 4, "fee", "the value '1,5' has a comma, which may mean thousands or decimals"),
        ("services.csv", 4, "code", "'tides' stands in line 3 already"),
        ("services.csv", 4, "name_ar", "'Tide' has no Arabic letters"),
        ("services.csv", 4, "name_en", "'المد' has no English letters"),
        ("services.csv", 4, "type", "there is no type 'other'"),
        ("services.csv", 4, "promised_unit", "promised_time and promised_unit go together"),
        ("channels.csv", 2, "accessible", "'perhaps' is neither yes nor no"),
        ("channels.csv", 2, "active_from", "'2027-02-30' is no day"),
        ("channels.csv", 2, "kind", "there is no kind 'castle'"),
        ("channels.csv", 2, "region", "'south' is not the code of a region"),
        ("channels.csv", 2, "latitude", "95 is no latitude"),
        ("channels.csv", 2, "hours", "the hours 'mornings' are not understood"),
        ("channels.csv", 2, "time_zone", "there is no time zone 'Moon/Base'"),
        ("channels.csv", 2, "services", "'berth' is not the code of a service"),
        ("channels.csv", 2, "services", "'nothing' is not the code of a service"),
        ("channels.csv", 3, "latitude", "the value 'north' is not a number"),
        ("channels.csv", 3, "entity", "the cell is blank"),
        ("channels.csv", 3, "place_en", "the place is named in one language only"),
        ("channels.csv", 3, "hours", "'8:99' is no time of day"),
        ("channels.csv", 3, "services", "'tides' is named twice"),
        ("channels.csv", 3, "active_to", "it ends on 2027-01-01, before it begins on 2027-01-02"),
    ]


def test_a_header_with_a_wrong_or_missing_column_is_refused(bring, refused):
    assert refused(entities="code,name_ar,name\nports,هيئة,Port\n") == [
        ("entities.csv", 1, None, "there is no column 'name'"),
        ("entities.csv", 1, None, "the column name_en is missing"),
    ]
    with pytest.raises(Mistakes, match=r"there is no column 'Name_EN'; write name_en\."):
        bring(entities="code,name_ar,Name_EN\nports,هيئة,Port\n")


def test_a_file_that_cannot_be_read_is_blamed_itself_and_not_those_that_name_it(refused):
    assert refused(entities='code,name_ar,name_en\nports,"هيئة,Port\n', services=SERVICES) == [
        ("entities.csv", 2, None, "a quotation mark that opens in this row is never closed"),
    ]


def test_a_sentence_is_said_for_each_mistake(bring):
    with pytest.raises(Mistakes) as mistakes:
        bring(entities="code,name_ar,name_en\nPorts,هيئة,Port\nhealth,,Health\n")
    first, second = str(mistakes.value).splitlines()
    assert first.endswith(
        "entities.csv, line 2, column code: 'Ports' is no code; "
        "write lower-case letters a-z, digits and single hyphens, at most 80: port-centre-1."
    )
    assert second.endswith("line 3, column name_ar: there is no Arabic name; write it: every name is in Arabic and in English.")


@pytest.mark.parametrize("nothing", ["empty", "missing", "other.csv"])
def test_a_place_without_files_of_a_catalogue_is_refused(tmp_path, aisha, nothing):
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.csv").write_text(ENTITIES, encoding="utf-8")
    with pytest.raises(Problem, match="there is no file of a catalogue here"):
        import_catalogue(by=aisha, path=tmp_path / nothing, at=NOW)


def test_lines_are_true_where_cells_hold_line_ends_and_lines_are_left_blank(tmp_path, refused):
    text = 'code,name_ar,name_en\n"a","هيئة\nأولى",A\n\n\nb,هيئة,B\nC,هيئة,C\n,,\nd,هيئة,D\nE,هيئة,E\n'
    assert [line for _, line, *_ in refused(entities=text)] == [7, 10]
    path = tmp_path / "any.csv"
    path.write_text("a\n" + "".join(f"{place}\n" + "\n" * (place % 7 == 0) for place in range(300)), encoding="utf-8")
    table = read_table(path)
    assert line_numbers(table) == [table.line(place) for place in range(table.rows)]


def test_a_parquet_file_or_a_packed_one_under_the_name_is_read_too(tmp_path, bring, aisha):
    bring(**ALL)
    (tmp_path / "entities.csv").write_bytes(gzip.compress(ENTITIES.encode()))
    assert import_catalogue(by=aisha, path=tmp_path / "entities.csv", at=NOW)["entity"].unchanged == 2
    pq.write_table(
        pa.table({"code": ["ports", "Bad"], "name_ar": ["هيئة", "هيئة"], "name_en": ["A", "B"]}), tmp_path / "entities.csv"
    )
    with pytest.raises(Mistakes, match="column code, row 2: 'Bad' is no code"):
        import_catalogue(by=aisha, path=tmp_path / "entities.csv", at=NOW)


def test_how_far_it_is_can_be_followed(tmp_path, aisha):
    many = "".join(f"e-{place},هيئة {place},Entity {place}\n" for place in range(1200))
    heard = []
    folder = write(tmp_path, entities="code,name_ar,name_en\n" + many, regions=REGIONS)
    import_catalogue(by=aisha, path=folder, at=NOW, progress=lambda done, total: heard.append((done, total)))
    assert heard == [(0, 1201), (1, 1201), (501, 1201), (1001, 1201), (1201, 1201)]


def test_the_audit_has_an_entry_for_every_entity_it_concerns(bring, aisha, omar):
    bring(**ALL)
    entries = {entry.entity_code: entry for entry in Action.objects.filter(verb="import_catalogue")}
    assert set(entries) == {"", "health", "ports"}
    assert {entry.by for entry in entries.values()} == {aisha}
    assert set(entries["ports"].after) == {"service berth", "service tides", "channel quay"}
    assert entries["ports"].before == dict.fromkeys(entries["ports"].after)
    assert [entry.entity_code for entry in Action.objects.visible_to(omar)] == ["ports"]
    bring(channels=CHANNELS.replace("Quay Centre", "Old Quay"))
    last = Action.objects.filter(verb="import_catalogue").last()
    assert (last.before, last.after) == ({"channel quay": {"name_en": "Quay Centre"}}, {"channel quay": {"name_en": "Old Quay"}})


def test_champions_bring_in_what_is_theirs_and_nothing_else(bring, omar):
    bring(**ALL)
    mine = CHANNELS.replace("Quay Centre", "Old Quay")
    assert bring(by=omar, channels=mine)["channel"].changed == ("quay",)
    before = counts()
    for files in (
        {"channels": mine.replace("Clinic Centre", "My Clinic")},
        {"channels": mine.replace("clinic,health", "clinic,ports")},
        {"channels": mine.replace("quay,ports", "quay,health")},
        {"channels": mine.replace("site,health", "new-site,health")},
        {"entities": ENTITIES.replace("Port Authority", "Ports")},
        {"regions": REGIONS.replace("Northern", "North")},
    ):
        with pytest.raises(Forbidden):
            bring(by=omar, **files)
    assert counts() == before


def test_champions_hear_of_mistakes_in_their_lines_before_they_hear_whose_lines_are_not_theirs(bring, omar):
    bring(**ALL)
    with pytest.raises(Mistakes, match="line 2, column entity: the cell is blank"):
        bring(by=omar, channels=CHANNELS.replace("quay,ports", "quay,"))


def test_who_has_no_role_brings_in_nothing_and_learns_nothing(bring, charlie):
    for files in (ALL, {"channels": "code\n"}, {}):
        with pytest.raises(Forbidden):
            bring(by=charlie, **files)


def test_5000_channels_come_in_within_seconds_and_their_mistakes_too(bring):
    bring(**ALL)
    header = "code,entity,kind,name_ar,name_en,services,hours\n"
    lines = [f"c-{place},ports,app,تطبيق {place},App {place},berth,mon-fri 08:00-14:00\n" for place in range(5000)]
    began = time.process_time()
    assert len(bring(channels=header + "".join(lines))["channel"].added) == 5000
    assert bring(channels=header + "".join(lines))["channel"].unchanged == 5000
    with pytest.raises(Mistakes) as mistakes:
        bring(channels=header + '"c-0\n",,,,,,\n\n' + "".join(line.replace("app", "castle", 1) for line in lines))
    assert len(mistakes.value.all) > 5000
    assert mistakes.value.all[-1].line == 5004
    assert time.process_time() - began < 20
