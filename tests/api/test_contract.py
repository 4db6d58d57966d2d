"""Requests made from /openapi.json, right ones and wrong ones: no 500, no status and no body that the document does not name."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from connect.core import settings
from tests.api.conftest import Api
from tests.support.entries import entries

# The same requests in every run, so that it fails where something changed and nowhere else.
bounded = hypothesis_settings(
    max_examples=12,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def operations(wide: Api) -> list[APIOperation[Any, Any, Any, Any]]:
    base = settings.current().base_url
    schema = schemathesis.openapi.from_wsgi("/openapi.json", wide.app, base_url=base)
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("mode", GenerationMode)
def test_with_a_token_every_answer_is_one_that_the_document_names(
    wide: Api, operations: Any, mode: GenerationMode
) -> None:
    seen: set[int] = set()
    for operation in operations:
        if mode is GenerationMode.NEGATIVE and operation.path == "/v1/grant":
            continue  # it has no parameter that could be wrong
        seen |= statuses(operation, mode, {"Authorization": f"Bearer {wide.token}"})
    assert {GenerationMode.POSITIVE: 200, GenerationMode.NEGATIVE: 400}[mode] in seen and not seen - {
        200,
        400,
        403,
        404,
    }


def test_without_a_token_every_answer_is_401(operations: Any) -> None:
    for operation in operations:
        assert statuses(operation, GenerationMode.POSITIVE, {}) == {401}
    assert not entries(type="disclosure")


def statuses(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, headers: dict[str, str]) -> set[int]:
    """Send what the document allows, or forbids; the statuses that came back."""
    seen: set[int] = set()

    @bounded
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case) -> None:
        response = case.call(base_url=settings.current().base_url, headers=headers)
        seen.add(response.status_code)
        # A cursor is any text to the document and almost never one of ours.
        case.validate_response(response, excluded_checks=[positive_data_acceptance])

    send()
    return seen
