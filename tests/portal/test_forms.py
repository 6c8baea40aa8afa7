import datetime

import pytest
from django import forms

from portal.forms import ChoiceCards, DateParts, HintedCheckboxes, error_links


class OfferForm(forms.Form):
    title = forms.CharField(label="Short title", help_text="Up to 80 characters")
    kind = forms.MultipleChoiceField(
        choices=[("goods", "Goods")], widget=HintedCheckboxes(hints={"goods": "New"})
    )
    scope = forms.ChoiceField(choices=[("one", "One")], widget=forms.RadioSelect)
    quantity = forms.IntegerField()
    until = forms.DateField(widget=DateParts)
    note = forms.CharField(required=False, widget=forms.Textarea)
    mail = forms.EmailField(required=False)
    agree = forms.BooleanField()
    decision = forms.ChoiceField(
        choices=[("yes", "Yes")], widget=ChoiceCards(consequences={"yes": "It goes on."}, keys={"yes": "y"})
    )
    token = forms.CharField(widget=forms.HiddenInput)


GOOD = {
    "title": "Pumps",
    "kind": ["goods"],
    "scope": "one",
    "quantity": "400",
    "until_day": "28",
    "until_month": "2",
    "until_year": "2027",
    "agree": "on",
    "decision": "yes",
    "token": "t",
}


def test_a_date_in_three_parts_is_one_date():
    form = OfferForm(GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["until"] == datetime.date(2027, 2, 28)


def test_a_date_sent_whole_is_read_as_well():
    widget = DateParts()
    assert widget.value_from_datadict({"until": "2027-02-28"}, {}, "until") == "2027-02-28"
    assert not widget.value_omitted_from_data({"until_day": ""}, {}, "until")
    assert widget.value_omitted_from_data({}, {}, "until")


@pytest.mark.parametrize("day", ["30", "x", "", "1-1"])
def test_what_cannot_be_a_date_is_refused_and_shown_as_typed(day):
    form = OfferForm(GOOD | {"until_day": day})
    assert "until" in form.errors
    html = form["until"].as_field_group()
    assert 'value="2027"' in html
    assert html.count('aria-invalid="true"') == 3


def test_a_date_is_shown_in_its_parts():
    html = str(OfferForm(initial={"until": datetime.date(2027, 2, 8)})["until"])
    assert 'id="id_until_day" name="until_day" value="8"' in html
    assert 'id="id_until_month" name="until_month" value="2"' in html


def test_label_hint_error_and_input_are_linked():
    html = OfferForm(GOOD | {"title": ""})["title"].as_field_group()
    assert '<label class="govuk-label" for="id_title">' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert "govuk-form-group--error" in html
    assert "govuk-input govuk-input--error" in html
    assert html.index("id_title_error") < html.index("<input")


def test_a_group_is_a_fieldset_described_by_its_error():
    html = OfferForm(GOOD | {"kind": []})["kind"].as_field_group()
    assert '<fieldset class="govuk-fieldset" aria-describedby="id_kind_error">' in html
    assert 'aria-describedby="id_kind_0_hint"' in html
    assert "aria-invalid" not in html


def test_the_error_summary_links_to_the_inputs():
    form = OfferForm({})
    links = {link["id"]: link["message"] for link in error_links(form)}
    assert links["id_title"].startswith("Short title – ")
    assert {"id_kind_0", "id_scope_0", "id_until_day", "id_agree", "id_decision_0"} <= set(links)
    html = str(form)
    assert f"{len(error_links(form))} answers need a change" in html
    for link in filter(None, links):
        assert f'<a href="#{link}">' in html
        assert f'id="{link}"' in html


def test_words_of_django_name_their_field_in_the_summary_and_ours_do_not():
    form = OfferForm(GOOD | {"quantity": "many", "until_day": "31", "mail": "nobody", "scope": "all"})
    form.add_error("title", "Enter a shorter title")
    assert {link["id"]: link["message"] for link in error_links(form)} == {
        "id_title": "Enter a shorter title",
        "id_scope_0": "Scope – Select a valid choice. all is not one of the available choices.",
        "id_quantity": "Quantity – Enter a whole number.",
        "id_until_day": "Until – Enter a valid date.",
        "id_mail": "Mail – Enter a valid email address.",
    }
    assert "Until – " not in form["until"].as_field_group()


def test_a_valid_form_has_no_error_summary():
    assert "govuk-error-summary" not in str(OfferForm(GOOD))


def test_errors_of_the_whole_form_stand_in_the_summary():
    form = OfferForm(GOOD)
    form.add_error(None, "The assessor of a case cannot also decide it.")
    assert "<b>The assessor of a case cannot also decide it.</b>" in str(form)


def test_text_takes_the_direction_of_its_content_and_keyboards_fit():
    form = OfferForm()
    assert 'dir="auto"' in str(form["title"])
    assert 'dir="auto"' in str(form["note"])
    assert "dir=" not in str(form["mail"])
    assert 'autocomplete="email"' in str(form["mail"])
    assert 'type="text"' in str(form["quantity"])
    assert 'inputmode="numeric"' in str(form["quantity"])


def test_a_number_that_is_none_comes_back_as_typed():
    assert 'value="about 400"' in str(OfferForm(GOOD | {"quantity": "about 400"})["quantity"])


def test_optional_fields_say_so_unless_the_form_filters():
    class Filters(OfferForm):
        marks_optional = False

    assert "(optional)" in OfferForm()["note"].as_field_group()
    assert "(optional)" not in OfferForm()["title"].as_field_group()
    assert "(optional)" not in Filters()["note"].as_field_group()


def test_choice_cards_say_what_follows():
    html = str(OfferForm()["decision"])
    assert "<b>Yes</b>It goes on." in html
    assert '<span class="cg-key" aria-hidden="true">y</span>' in html


def test_what_people_typed_is_escaped():
    html = str(OfferForm(GOOD | {"title": '"><script>', "until_day": '"><b>'}))
    assert "<script>" not in html
    assert "<b>" not in html.replace("<b>Yes</b>", "")
