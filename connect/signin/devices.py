"""A browser in words, from what it says of itself: enough to tell one's own devices apart, and no more than that."""

from __future__ import annotations

from flask_babel import gettext as _

# The first that occurs in the text counts; browsers name those they descend from after themselves.
_BROWSERS = {
    "Edg/": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def words(agent: str) -> str:
    """`Firefox on Linux`; where neither is known, that it is a browser."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in agent), _("A browser"))
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "")
    return _("%(browser)s on %(system)s", browser=browser, system=system) if system else browser
