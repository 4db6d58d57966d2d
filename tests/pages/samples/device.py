"""Samples of the pages at which a device is connected."""

from __future__ import annotations

from typing import Any

from connect.customer.forms import DeviceForm
from tests.pages.samples import Sample
from tests.pages.samples.consent import consent_context, consent_view


def _form(followed: bool = False) -> dict[str, Any]:
    form = DeviceForm()
    form.user_code.data = "WDJB-MJHT" if followed else ""
    return {"form": form, "followed": followed}


def _refused() -> dict[str, Any]:
    context = _form()
    context["form"].user_code.data = "WDJB-MJHX"
    context["form"].refuse("user_code", "This code has expired. Start again on your device to get a new code.")
    return context


def _answered(allowed: bool) -> Sample:
    return Sample("customer", "customer/device_answered.html", lambda: {"app_name": "Wallboard", "allowed": allowed})


SAMPLES = {
    "device": Sample("customer", "customer/device.html", _form, signed_in=False),
    "device-followed": Sample("customer", "customer/device.html", lambda: _form(followed=True), signed_in=False),
    "device-refused": Sample("customer", "customer/device.html", _refused, signed_in=False),
    "device-consent": Sample(
        "customer", "customer/consent.html", lambda: consent_context(consent_view(), user_code="WDJB-MJHT")
    ),
    "device-allowed": _answered(True),
    "device-denied": _answered(False),
}
