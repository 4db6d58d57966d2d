"""Every template renders from the context it documents, with one heading and a title in words."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from tests.pages.gallery import ROOT, SAMPLES
from tests.pages.samples import Values
from tests.pages.samples.consent import consent_context, consent_view
from tests.pages.samples.customer import APP


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_has_one_heading_and_a_title(gallery: FlaskClient, name: str) -> None:
    answer = gallery.get(f"/{name}")
    assert answer.status_code == 200
    assert len(re.findall(r"<h1[ >]", answer.text)) == 1
    assert re.search(r"<title>(Error: )?\w.* · VoiceTree Connect</title>", answer.text)


@pytest.mark.parametrize("name", SAMPLES)
def test_help_and_status_stand_on_every_page(gallery: FlaskClient, name: str) -> None:
    text = gallery.get(f"/{name}").text
    assert 'href="/help"' in text and 'href="/status"' in text


@pytest.mark.parametrize("name", SAMPLES)
def test_every_form_that_changes_something_carries_a_csrf_token(gallery: FlaskClient, name: str) -> None:
    forms = re.findall(r'<form method="post".*?</form>', gallery.get(f"/{name}").text, re.DOTALL)
    assert all('name="csrf_token"' in form for form in forms)


def test_every_template_of_a_room_has_a_sample() -> None:
    pages = {str(path.relative_to(path.parents[1])) for path in ROOT.glob("*/templates/*/*.html")}
    parts = {name for name in pages if "{% extends" not in next(ROOT.glob(f"*/templates/{name}")).read_text()}
    sent_at_once = {"oauth/form_post.html"}  # by its script, so tests/story/test_callback.py looks at it without any
    assert pages - parts - {sample.template for sample in SAMPLES.values()} == sent_at_once


def test_a_page_with_errors_says_so_in_its_title_summary_and_field(gallery: FlaskClient) -> None:
    text = gallery.get("/signin/sign-in-refused").text
    assert "<title>Error: Sign in" in text
    assert '<a href="#email">Enter your e-mail address.</a>' in text
    assert re.search(r'<input[^>]*aria-describedby="email-error"[^>]*aria-invalid="true"[^>]*id="email"', text)
    assert re.search(r'id="email-error">.*?Enter your e-mail address', text, re.DOTALL)


def test_what_a_developer_wrote_is_shown_as_text(gallery: FlaskClient) -> None:
    hostile = '<script>alert("x")</script>'
    context = consent_context(consent_view(app=Values(APP | {"name": hostile, "developer": hostile})))
    with gallery.application.test_request_context("/customer/consent"):
        page = gallery.application.jinja_env.get_template("customer/consent.html").render(context)
    assert "<script>alert" not in page
    assert str(html.escape(hostile, quote=False))[:20] in page


class TestConsent:
    """What every consent page keeps to, whoever asks for what."""

    @pytest.fixture
    def page(self, gallery: FlaskClient) -> str:
        return gallery.get("/customer/consent").text

    def test_it_asks_a_question_and_never_speaks_of_acting_on_your_behalf(self, page: str) -> None:
        assert "<h1>May Leadbook CRM see the calls of Menon Tiles?</h1>" in page
        assert "on your behalf" not in page

    def test_required_things_have_no_box_and_optional_ones_do(self, page: str) -> None:
        boxes = re.findall(r'<input type="checkbox"[^>]*value="([^"]+)"', page)
        assert boxes == ["call_log.numbers:read", "call_log.notes:read", "contacts:read"]

    def test_only_what_was_ticked_is_ticked(self, page: str) -> None:
        assert re.findall(r'type="checkbox"[^>]*value="([^"]+)"[^>]*checked', page) == ["call_log.numbers:read"]

    def test_the_purpose_is_marked_as_the_developers(self, page: str) -> None:
        assert re.search(
            r'class="theirs-by">Leadbook Software Private Limited says why:</p>\s*<p>To show each call', page
        )

    def test_allow_and_do_not_allow_differ_in_nothing_but_their_words(self, page: str) -> None:
        buttons = re.findall(
            r'<button type="submit" class="([^"]+)" name="decision" value="(allow|deny)"([^>]*)>', page
        )
        assert [value for _, value, _ in buttons] == ["allow", "deny"]
        assert buttons[0][0] == buttons[1][0] and buttons[0][2] == buttons[1][2] == ""
        assert "autofocus" not in page

    def test_the_privacy_policy_stands_beside_who_does_not_answer_for_it(self, page: str) -> None:
        assert re.search(
            r'href="https://leadbook.example/privacy"[^>]*>Read it at leadbook.example.*VoiceTree does not answer for this app',
            page,
            re.DOTALL,
        )

    def test_a_hidden_number_is_read_out_as_hidden(self, page: str) -> None:
        assert re.search(
            r'aria-hidden="true">\+91••••••10</span><span class="visually-hidden">\+9110 \(hidden in part\)', page
        )

    def test_whoever_may_not_give_it_finds_no_allow_button(self, gallery: FlaskClient) -> None:
        page = gallery.get("/customer/consent-may-not").text
        assert 'value="allow"' not in page and 'value="deny"' in page
        assert "Ask Asha Menon (owner) to do it" in page

    def test_an_app_that_was_not_reviewed_says_so(self, gallery: FlaskClient) -> None:
        assert "Not reviewed yet" in gallery.get("/customer/consent-changed").text

    def test_an_app_that_nobody_answers_for_says_so_and_where_the_answer_goes(self, gallery: FlaskClient) -> None:
        page = gallery.get("/customer/consent-unverified").text
        assert "Nobody has checked this app" in page and "program on this device" in page and "127.0.0.1:53124" in page
        assert "It names none." in page and "says why" not in page

    def test_made_up_rows_are_called_made_up(self, gallery: FlaskClient) -> None:
        assert "these are made up" in gallery.get("/customer/consent-changed").text
