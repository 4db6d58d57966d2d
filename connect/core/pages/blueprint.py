"""The blueprint all pages stand on: base templates, macros, static files, and the filters templates use."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, jsonify, render_template, request
from flask_babel import get_locale

from connect.core.access import public
from connect.core.pages import assets, forms, navigation
from connect.core.pages.filters import FILTERS
from connect.core.pages.status import checks
from connect.core.problems import TYPES, Problem, type_uri

pages = Blueprint("pages", __name__, static_folder="static", static_url_path="/static", template_folder="templates")


def install(app: Flask) -> None:
    """Register the blueprint with its filters and globals. `app` must be made with `static_folder=None`."""
    app.register_blueprint(pages)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        asset=assets.asset,
        control_id=forms.control_id,
        described=forms.described,
        icon_address=assets.icon_address,
        language=_language,
        nav_areas=navigation.other_areas,
        nav_home=navigation.home,
        nav_links=navigation.links,
        viewer=navigation.viewer,
    )


@pages.get("/help")
@public
def help() -> str:  # noqa: A001 - the name of the page
    return render_template("pages/help.html")


@pages.get("/status")
@public
def status() -> str:
    return render_template("pages/status.html", checks=checks())


@pages.get("/problems/<slug>")
@public
def problem(slug: str) -> Response | str:
    """What a problem's `type` leads to: a page for a person, the same as JSON for a program."""
    if slug not in TYPES:
        raise Problem("not-found", f"There is no such type of problem; there are {', '.join(TYPES)}.")
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return render_template("errors/problem.html", slug=slug, problem=TYPES[slug])
    return jsonify({"type": type_uri(slug), **TYPES[slug]._asdict()})


@pages.after_request
def _keep_what_cannot_change(response: Response) -> Response:
    """A static address with a version in it names one content for ever; without, the browser asks each time."""
    if request.endpoint == "pages.static" and response.status_code == 200:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
    return response


def _language() -> str:
    return str(get_locale() or "en")
