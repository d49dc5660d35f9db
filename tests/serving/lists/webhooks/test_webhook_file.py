"""The file of webhooks: addresses that are safe, secrets that only the environment has, and one clear error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.lists.webhooks.webhook_file import WEBHOOKS_FILE, Webhook, secret_of, webhook_called

CRM = {"url": "https://crm.example.com/huitou?team=7", "secret_env": "HUITOU_WEBHOOK_CRM"}


def written(folder: Path, said: Any) -> ShopFolder:
    shop = ShopFolder.create(folder / "shop")
    text = said if isinstance(said, str) else json.dumps(said)
    (shop.path / WEBHOOKS_FILE).write_text(text, encoding="utf-8")
    return shop


def test_a_webhook_is_found_by_its_name(tmp_path: Path) -> None:
    """With the usual settings where the file says none: the treatment group, five hundred at a time."""
    found = webhook_called(written(tmp_path, {"webhooks": {"crm": CRM}}), "crm")
    assert (found.url, found.batch_rows, found.groups, found.columns) == (CRM["url"], 500, "treatment", [])


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/x", "http://localhost/x", "https://[::1]/"])
def test_this_machine_may_be_spoken_to_in_the_clear(tmp_path: Path, url: str) -> None:
    """HTTP is for the machine itself; everything else needs HTTPS."""
    assert webhook_called(written(tmp_path, {"webhooks": {"crm": CRM | {"url": url}}}), "crm").url == url


UNSAFE = [
    "http://crm.example.com/",
    "ftp://crm.example.com/",
    "file:///etc/passwd",
    "https://user:password@crm.example.com/",
    "https:///nowhere",
    "https://crm.example.com/#part",
    "https://crm.example.com:99999/",
    "https://crm.example.com/\r\nX: y",
    "http://127.0.0.1.example.com/",
    "crm.example.com",
]


@pytest.mark.parametrize("url", UNSAFE)
def test_unsafe_addresses_are_refused_without_being_repeated(tmp_path: Path, url: str) -> None:
    """Nothing is sent in the clear, to a file, or with a password in the address; the error does not quote it."""
    with pytest.raises(HuitouError, match=r"^webhooks\.json: webhooks\.crm\.url must ") as raised:
        webhook_called(written(tmp_path, {"webhooks": {"crm": CRM | {"url": url}}}), "crm")
    assert "password" not in raised.value.message
    assert raised.value.code == "broken_webhooks"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param("{", "it must be JSON", id="no json"),
        pytest.param({"webhooks": {"crm": CRM | {"more": 1}}}, "webhooks.crm.more is not a field", id="unknown field"),
        pytest.param({"webhooks": {"crm": CRM | {"secret_env": "PATH"}}}, "secret_env must", id="another secret"),
        pytest.param({"webhooks": {"crm": CRM | {"batch_rows": 0}}}, "batch_rows must be at least 1", id="no rows"),
        pytest.param({"webhooks": {"crm": CRM | {"groups": "some"}}}, "groups must be one of", id="unknown group"),
        pytest.param({"webhooks": {"../x": CRM}}, "webhooks.", id="odd name"),
        pytest.param([], "must be a JSON object", id="a list"),
    ],
)
def test_a_wrong_file(tmp_path: Path, said: Any, told: str) -> None:
    """One clear error that names the place."""
    with pytest.raises(HuitouError, match="^webhooks") as raised:
        webhook_called(written(tmp_path, said), "crm")
    assert told in raised.value.message


def test_an_unknown_webhook(tmp_path: Path) -> None:
    """The error says which there are, and where to write one."""
    with pytest.raises(HuitouError, match=r"^webhook must be one of crm; got 'other'\. Write it into webhooks\.json"):
        webhook_called(written(tmp_path, {"webhooks": {"crm": CRM}}), "other")
    with pytest.raises(HuitouError, match=r"one of \(none is in webhooks\.json\)"):
        webhook_called(ShopFolder.create(tmp_path / "bare"), "crm")


def test_the_secret_is_in_the_environment() -> None:
    """It is found by the name in the file, must be long enough, and is not quoted."""
    webhook = Webhook.model_validate(CRM)
    assert secret_of(webhook, {"HUITOU_WEBHOOK_CRM": "0123456789abcdef"}) == b"0123456789abcdef"
    for environment in ({}, {"HUITOU_WEBHOOK_CRM": "tooshort"}):
        with pytest.raises(HuitouError, match="^HUITOU_WEBHOOK_CRM must hold a secret of at least 16") as raised:
            secret_of(webhook, environment)
        assert "tooshort" not in raised.value.message
