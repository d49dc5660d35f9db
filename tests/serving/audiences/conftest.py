"""One audience shop for all tests of a file that write nothing to it."""

from __future__ import annotations

import pytest

from tests.serving.audiences.audience_shop import AudienceShop, audience_shop


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> AudienceShop:
    """The shop and what it was made from."""
    return audience_shop(tmp_path_factory.mktemp("shop"))
