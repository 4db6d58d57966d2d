"""An application that shows every template with a sample context, under the platform's own headers and security policy.

Look at it: python -m tests.pages.gallery [port]
"""

from __future__ import annotations

import sys
from pathlib import Path

from flask import Blueprint, Flask, g, render_template
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined

from connect import wiring
from connect.core import csrf, i18n, settings, web
from connect.core.pages import blueprint as pages
from connect.core.pages.navigation import Viewer
from tests.pages.samples import Sample, auditor, consent, customer, developer, device, signin, staff

ROOT = Path(pages.__file__).resolve().parents[2]
SAMPLES: dict[str, Sample] = {
    f"{sample.area}/{name}": sample
    for module in (signin, customer, consent, device, developer, auditor, staff)
    for name, sample in module.SAMPLES.items()
}


def make_app() -> Flask:
    """The gallery on the active settings; `/<area>/<name>` shows one sample. Addresses of rooms' views lead nowhere."""
    app = Flask("gallery", static_folder=None)
    for step in (web.install, i18n.install, csrf.install, pages.install, wiring.register_rooms):
        step(app)
    app.jinja_loader = ChoiceLoader([FileSystemLoader(path) for path in sorted(ROOT.glob("*/templates"))])
    app.jinja_env.undefined = StrictUndefined  # a name that no context documents is an error here
    app.url_build_error_handlers.append(lambda _error, endpoint, _values: f"/{endpoint.replace('.', '/')}")
    for area in {sample.area for sample in SAMPLES.values()} - {"pages"}:
        app.register_blueprint(_room(area))
    app.add_url_rule(
        "/pages/<name>", view_func=lambda name: _show("pages", name), methods=["GET", "POST"], endpoint="sample"
    )
    return app


def _room(area: str) -> Blueprint:
    room = Blueprint(area, __name__, url_prefix=f"/{area}")
    room.add_url_rule("/<name>", view_func=lambda name: _show(area, name), methods=["GET", "POST"], endpoint="sample")
    return room


def _show(area: str, name: str) -> str:
    sample = SAMPLES[f"{area}/{name}"]
    if sample.signed_in:
        g.viewer = Viewer("Asha Menon", "Menon Tiles", ("customer", "developer", "auditor", "staff"))
    return render_template(sample.template, **sample.context())


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8010
    settings.activate(settings.load(base_url=f"http://127.0.0.1:{port}"))
    make_app().run(port=port)
