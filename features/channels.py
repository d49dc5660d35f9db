"""The channels on which a shop writes to people."""

from __future__ import annotations

from collections.abc import Mapping

CHANNELS = ("email", "sms", "app", "wechat", "phone", "post")
"""Every channel, by the name that files and the API use."""

CHANNEL_NAMES: Mapping[str, Mapping[str, str]] = {
    "email": {"en": "E-mail", "zh": "电子邮件"},
    "sms": {"en": "Text message", "zh": "短信"},
    "app": {"en": "App notification", "zh": "应用推送"},
    "wechat": {"en": "WeChat", "zh": "微信"},
    "phone": {"en": "Telephone call", "zh": "电话"},
    "post": {"en": "Letter", "zh": "邮寄"},
}
"""What people read for each channel, by language."""


def consent_field(channel: str) -> str:
    """The field of a customer that says whether the shop may write to it on a channel; empty: nothing was said."""
    return f"consent_{channel}"


CONSENT_FIELDS = tuple(map(consent_field, CHANNELS))
"""The fields of all channels."""
