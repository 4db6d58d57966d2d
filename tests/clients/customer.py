"""A business's owner at a browser without JavaScript, over HTTP: allows an app, and disconnects it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.support.flow import PASSWORD, answered, csrf

_TIMEOUT = 20  # seconds for one request


class Customer:
    """`platform` is the platform's address; the person can sign in as `email` with flow.PASSWORD.

    Of what an app may do without they leave out `unticked`.
    """

    def __init__(self, platform: str, email: str) -> None:
        self.platform, self.email = platform, email
        self.unticked: frozenset[str] = frozenset()
        self._browser = requests.Session()

    def allow(self, address: str) -> str:
        """Follow an app's link, sign in where that is asked, allow what is asked; the address of the app this ends at. The link of a
        device ends at a page of the platform's.
        """
        return self._decide(address, "allow")

    def deny(self, address: str) -> str:
        """The same with a no, where there is a page to say it on."""
        return self._decide(address, "deny")

    def disconnect(self, _nothing: str = "") -> str:
        """End the one grant there is, on the page of connected apps."""
        listed = self._browser.get(f"{self.platform}/connected-apps", timeout=_TIMEOUT)
        found = re.search(r'href="(/connected-apps/grant_\w+)"', listed.text)
        assert found, listed.text
        page = self._browser.get(f"{self.platform}{found[1]}/disconnect", timeout=_TIMEOUT)
        ended = self._send(page)
        assert ended.ok and "is disconnected" in ended.text, ended.text
        return ""

    def _decide(self, address: str, decision: str) -> str:
        answer = self._follow(self._browser.get(address, allow_redirects=False, timeout=_TIMEOUT))
        if answer.url.startswith(f"{self.platform}/device"):
            answer = self._send(answer, user_code=parse_qs(urlsplit(address).query)["user_code"][0])
        if answer.url.startswith(f"{self.platform}/sign-in"):
            answer = self._send(answer, email=self.email, password=PASSWORD)
        if answer.url.startswith(f"{self.platform}/consent/"):
            boxes = re.findall(r'name="scope"\s+value="([^"]+)"', answer.text)
            answer = self._send(answer, **answered(answer.text, decision, set(boxes) - self.unticked))
        if "You can go back to your device" in answer.text:
            return answer.url
        assert answer.is_redirect, answer.text
        return answer.headers["Location"]

    def _send(self, page: requests.Response, **fields: Any) -> requests.Response:
        """Send the form of `page` to its own address."""
        data = {"csrf_token": csrf(page.text)} | fields
        headers = {"Origin": self.platform}
        sent = self._browser.post(page.url, data=data, headers=headers, allow_redirects=False, timeout=_TIMEOUT)
        return self._follow(sent)

    def _follow(self, answer: requests.Response) -> requests.Response:
        """The answer after all redirects within the platform; one that leads elsewhere is not followed."""
        while answer.is_redirect:
            onward = requests.compat.urljoin(answer.url, answer.headers["Location"])
            if not onward.startswith(f"{self.platform}/"):
                return answer
            answer = self._browser.get(onward, allow_redirects=False, timeout=_TIMEOUT)
        return answer
