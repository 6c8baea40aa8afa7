import pytest
from django import forms
from django.utils.translation import override

from portal.forms import DateParts
from portal.typed import plain_date, plain_number
from tests.partnerships.factories import PartnershipFactory


@pytest.mark.parametrize(
    ("language", "typed", "plain"),
    [
        ("en", "250,000", "250000"),
        ("en", "250 000.50", "250000.50"),
        ("en", "1,200", "1200"),
        ("en", "1.200", "1.200"),
        ("en", "0.125", "0.125"),
        ("fr", "1\u202f200,5", "1200.5"),
        ("fr", "1,200", "1.200"),
        ("ar", "١٬٢٠٠٫٥", "1200.5"),
        ("ar", "1.200", "1200"),
        ("ar", "1.250.000", "1250000"),
        ("es", "1.250.000,75", "1250000.75"),
        ("en", "١٢٫٥", "12.5"),
        ("en", "12 bags", "12 bags"),
        ("en", "1,2,3,4", "1.2.3.4"),
        ("en", "", ""),
    ],
)
def test_numbers_are_read_as_their_language_writes_them(language, typed, plain):
    with override(language):
        assert plain_number(typed) == plain


def test_three_digits_behind_a_mark_are_no_decimals_of_an_amount():
    for typed in ("250.000", "250,000"):
        assert plain_number(typed, decimals=2) == "250000"
    assert plain_number("250.00", decimals=2) == "250.00"


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("٢٠٢٧", "2027"),
        ("٢٠٢٧/٣/١", "2027-03-01"),
        ("2027-3", "2027-03"),
        ("1-3-2027", "1-3-2027"),
        ("soon", "soon"),
    ],
)
def test_dates_are_read_by_their_parts(typed, plain):
    assert plain_date(typed) == plain


class Booking(forms.Form):
    day = forms.DateField(widget=DateParts)
    people = forms.IntegerField(max_value=5000)
    amount = forms.DecimalField(decimal_places=2)


def test_a_form_takes_any_digits_and_gives_back_what_it_refuses():
    typed = {"day_day": "١", "day_month": "3", "day_year": "٢٠٢٧", "people": "١٬٢٠٠", "amount": "٢٥٠٬٠٠٠٫٥"}
    form = Booking(typed)
    with override("ar"):
        assert form.is_valid(), form.errors
    assert [str(value) for value in form.cleaned_data.values()] == ["2027-03-01", "1200", "250000.5"]
    refused = Booking(typed | {"people": "about 12"})
    assert not refused.is_valid()
    assert 'value="about 12"' in str(refused["people"])


@pytest.mark.django_db
def test_a_date_of_a_record_is_kept_in_plain_digits():
    record = PartnershipFactory(start="٢٠٢٦/٣", end="٢٠٢٧")
    record.refresh_from_db()
    assert (record.start, record.end) == ("2026-03", "2027")
