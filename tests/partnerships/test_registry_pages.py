import io
import json

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerships.models import Partnership
from partnerships.search import bits, reindex
from portal.history import move
from portal.models import Country
from portal.sheets import plain_cell
from tests.partnerships.factories import (
    CompanyFactory,
    ContributionFactory,
    IndicatorFactory,
    PartnershipFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/partnerships/"


def text_of(response) -> str:
    return response.content.decode()


def test_list_is_the_whole_page_or_the_partial_htmx_asks_for(client):
    PartnershipFactory(is_public=True)
    assert "<html" in text_of(client.get(LIST))
    partial = client.get(LIST, headers={"HX-Request": "true"})
    assert "<html" not in text_of(partial)
    assert 'id="find"' in text_of(partial)
    assert "HX-Request" in partial["Vary"]


def test_a_bad_parameter_is_left_out_with_a_notice(client):
    PartnershipFactory(is_public=True)
    response = client.get(LIST + "?country=XX&goal=99&goal=8&sort=none&page=%00x".replace("%00", ""))
    assert response.status_code == 200
    assert "country=XX, goal=99" in text_of(response)
    assert "sort=none" in text_of(response)


def test_an_empty_result_says_which_filter_to_drop(client):
    PartnershipFactory(is_public=True, countries=["UGA"], targets=["2.3"])
    PartnershipFactory(is_public=True, countries=["KEN"], targets=["8.7"])
    page = text_of(client.get(LIST, {"country": "UGA", "goal": "8"}))
    assert "No partnership has all of these" in page
    assert "Without <bdi>Uganda</bdi></a> there is 1" in page


def test_words_that_no_record_says_are_offered_as_filters_beside_the_others(client):
    PartnershipFactory(is_public=True, countries=["UGA"], targets=["6.1"])
    PartnershipFactory(is_public=True, countries=["KEN"], targets=["6.1"])
    client.cookies["language"] = "ar"
    response = client.get(LIST, {"q": "مياه", "country": "UGA"})
    [offered] = response.context["suggestions"]
    assert (offered["url"], offered["count"]) == ("?country=UGA&goal=6", 1)
    page = text_of(response)
    assert page.index("?country=UGA&amp;goal=6") < page.index('<a href="?country=UGA">من دون')
    assert len(client.get(LIST + offered["url"]).context["rows"]) == 1
    client.cookies["language"] = "en"


def test_the_examples_of_the_front_page_find_what_their_words_name(client):
    PartnershipFactory(is_public=True, targets=["8.7"])
    record = PartnershipFactory(is_public=True)
    ContributionFactory(partnership=record, kind="pro_bono")
    reindex([record.pk])
    for _word, url in client.get("/").context["examples"]:
        if url.startswith(LIST):
            assert len(client.get(url).context["rows"]) == 1


def test_groups_of_filters_are_folded_for_phones_until_one_is_shown_in_full(client):
    PartnershipFactory(is_public=True, countries=["UGA"])
    fold = '<details class="cg-facet cg-fold cg-more"'
    page = text_of(client.get(LIST, {"country": "UGA"}))
    assert f"{fold}><summary>Filters <span>1 filter on</span></summary></details>" in page
    assert f"{fold}><summary>Filters</summary></details>" in text_of(client.get(LIST, {"q": "fictional"}))
    assert f"{fold} open>" in text_of(client.get(LIST, {"more": "country"}))


def test_list_queries_stay_flat_and_few(
    client, assert_flat_queries, django_assert_max_num_queries, monkeypatch
):
    def grow():
        PartnershipFactory(
            is_public=True, countries=["UGA"], targets=["8.7", "2.3"], companies=[CompanyFactory()]
        )

    assert_flat_queries(lambda: client.get(LIST, {"country": "UGA"}), grow)
    kept = bits.Bits()  # as in a process that has answered before
    monkeypatch.setattr(bits, "Bits", lambda: kept)
    with django_assert_max_num_queries(6):
        client.get(LIST, {"country": "UGA", "goal": "8", "q": "fictional"})
    with django_assert_max_num_queries(6):  # with what the words may mean, and which filter to drop
        assert "Without <bdi>“zzqqzz”" in text_of(client.get(LIST, {"country": "UGA", "q": "zzqqzz"}))


def test_un_users_also_find_what_is_for_the_un_system(client, sign_in):
    PartnershipFactory(title="Between us", visibility="un_system")
    assert "Between us" not in text_of(client.get(LIST))
    sign_in("focal_point")
    assert "Between us" in text_of(client.get(LIST))


# --- files ------------------------------------------------------------------------------------------------


def test_xlsx_says_where_and_when_it_was_taken(client):
    PartnershipFactory(is_public=True, title='=HYPERLINK("x")')
    book = openpyxl.load_workbook(io.BytesIO(client.get("/partnerships.xlsx?type=core_business").content))
    records, about = book.worksheets
    assert records["B2"].value == '\'=HYPERLINK("x")'
    assert records["B2"].data_type == "s"
    facts = {row[0].value: row[1].value for row in about.iter_rows()}
    assert facts["taken_from"].endswith("/partnerships/?type=core_business")
    assert facts["taken_at"]


def test_json_and_atom_of_the_result(client):
    record = PartnershipFactory(is_public=True, title="A <b> & c")
    found = json.loads(client.get("/partnerships.json").content)
    assert [row["reference"] for row in found["records"]] == [record.reference]
    feed = client.get("/partnerships.atom")
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert "A &lt;b&gt; &amp; c" in text_of(feed)
    assert "<author><name>" in text_of(feed)  # which RFC 4287, 4.1.1 asks of a feed
    assert 'rel="self"' in text_of(feed)


def test_an_unknown_format_is_no_page(client):
    assert client.get("/partnerships.exe").status_code == 404


def test_export_queries_stay_flat(client, assert_flat_queries):
    assert_flat_queries(
        lambda: b"".join(client.get("/partnerships.csv")),
        lambda: PartnershipFactory(is_public=True, countries=["KEN"], companies=[CompanyFactory()]),
    )


@given(st.text(max_size=30))
def test_no_cell_starts_like_a_formula(text):
    cell = plain_cell(text)
    assert cell.lstrip(' "\u200b\ufeff\n')[:1] not in tuple("=+-@\t\r＝＋－＠") or cell == ""
    assert cell in (text, "'" + text)


# --- one record --------------------------------------------------------------------------------------------


def test_a_record_carries_linked_data_and_a_qr_code(client):
    record = PartnershipFactory(
        is_public=True, title="</script><b>", countries=["UGA"], companies=[CompanyFactory(name="Shown Ltd")]
    )
    page = text_of(client.get(record.get_absolute_url()))
    head = page.split('<script type="application/ld+json">')[1].split("</script>")[0]
    found = json.loads(head)
    assert found["name"] == "</script><b>"
    assert found["areaServed"][0]["identifier"] == "UGA"
    assert found["member"] == [{"@type": "Organization", "name": "Shown Ltd"}]
    assert "QR code of the address" in page
    Partnership.objects.filter(pk=record.pk).update(withheld_fields=["parties"], withheld_reason="Asked for.")
    assert "Shown Ltd" not in text_of(client.get(record.get_absolute_url()))


def test_cash_and_investment_are_never_added_up(client):
    record = PartnershipFactory(is_public=True)
    for kind, usd in (("cash", 1000), ("cash", 2000), ("investment", 7000)):
        ContributionFactory(partnership=record, kind=kind, amount=usd, currency="USD", usd_value=usd)
    page = text_of(client.get(record.get_absolute_url()))
    assert "3,000" in page
    assert "10,000" not in page


@pytest.mark.parametrize(("visibility", "status"), [("draft", 404), ("un_system", 404)])
def test_a_record_that_is_not_public_is_not_there_for_strangers(client, sign_in, visibility, status):
    record = PartnershipFactory(visibility=visibility)
    assert client.get(record.get_absolute_url()).status_code == status
    sign_in("business")
    assert client.get(record.get_absolute_url()).status_code == status


def test_a_withdrawn_record_answers_410_with_the_reason(client):
    record = PartnershipFactory(is_public=True)
    from partnerships.models import PARTNERSHIP_MOVES

    move(record, "withdrawn", moves=PARTNERSHIP_MOVES, by=None, note="Its partners asked for it.")
    for address in (f"/partnerships/{record.reference}/", f"/api/v1/partnerships/{record.reference}/"):
        response = client.get(address)
        assert response.status_code == 410
    assert "Its partners asked for it." in text_of(client.get(record.get_absolute_url()))


def test_record_queries_stay_flat(client, assert_flat_queries):
    record = PartnershipFactory(is_public=True)

    def grow():
        company = CompanyFactory()
        record.parties.create(company=company)
        record.countries.add(Country.objects.exclude(partnerships=record).first())
        ContributionFactory(partnership=record)
        IndicatorFactory(partnership=record, actual=1)

    assert_flat_queries(lambda: client.get(record.get_absolute_url()), grow)


@pytest.mark.parametrize("address", ["/countries/UGA/", "/sdgs/8/", "/agencies/WFP/", "/"])
def test_profile_pages_stay_flat_and_show_when_nothing_is_there(client, assert_flat_queries, address):
    assert client.get(address).status_code == 200
    assert_flat_queries(
        lambda: client.get(address),
        lambda: PartnershipFactory(is_public=True, countries=["UGA"], targets=["8.7"]),
    )


@pytest.mark.parametrize(
    "address", ["/countries/XXX/", "/sdgs/18/", "/agencies/NONE/", "/partnerships/P-9999/"]
)
def test_unknown_places_are_404(client, address):
    assert client.get(address).status_code == 404


def test_a_company_shows_to_the_public_through_public_records_only(client):
    company = CompanyFactory()
    record = PartnershipFactory(companies=[company])
    address = f"/organisations/{company.public_id}/"
    assert client.get(address).status_code == 404
    Partnership.objects.filter(pk=record.pk).update(visibility="public", public_since=record.created_at)
    page = text_of(client.get(address))
    assert record.title in page
    assert "rating" not in page.lower()


# --- API ----------------------------------------------------------------------------------------------------


def test_api_names_a_bad_value(client):
    answer = client.get("/api/v1/partnerships/", {"country": "XX"})
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"]["country"]


def test_api_answers_304_until_something_changes(client):
    record = PartnershipFactory(is_public=True)
    for address in ("/api/v1/partnerships/", f"/api/v1/partnerships/{record.reference}/"):
        tag = client.get(address)["ETag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    PartnershipFactory(is_public=True)
    tag = client.get("/api/v1/partnerships/")["ETag"]
    PartnershipFactory(is_public=True)
    assert client.get("/api/v1/partnerships/", headers={"If-None-Match": tag}).status_code == 200


def test_api_queries_stay_flat(client, assert_flat_queries):
    def grow():
        PartnershipFactory(is_public=True, countries=["UGA"], targets=["8.7"], companies=[CompanyFactory()])

    assert_flat_queries(lambda: client.get("/api/v1/partnerships/"), grow)


def test_api_schema_and_docs_are_served(client, capsys):
    schema = client.get("/api/v1/schema")
    assert schema.status_code == 200
    assert b"/api/v1/partnerships/" in schema.content
    assert "country" in text_of(client.get("/api/v1/"))
    assert "Warning" not in capsys.readouterr().err


def test_a_goal_lists_its_targets_in_their_order(client):
    codes = [target["code"] for target in client.get("/sdgs/8/").context["targets"]]
    assert codes[:3] + codes[-2:] == ["8.1", "8.2", "8.3", "8.a", "8.b"]
