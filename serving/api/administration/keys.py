"""``/v1/keys``: which keys open the service; they are made with ``huitou keys``."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from serving.api.parsing import StrictRoute
from serving.api.service import TheService

router = APIRouter(prefix="/v1", tags=["administration"], route_class=StrictRoute)


class ListedKey(BaseModel):
    """One key, without its secret."""

    key_id: str
    role: str
    name: str
    state: str = Field(description="valid, expired or revoked.")
    per_minute: int = Field(description="Requests it may make in a minute.")
    origins: list[str] = Field(description="Origins of the pages that may use it.")
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class ListedKeys(BaseModel):
    """All keys ever made, the oldest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "keys": [
                        {
                            "key_id": "3f2a9c0b71de",
                            "role": "shop",
                            "name": "our website",
                            "state": "valid",
                            "per_minute": 600000,
                            "origins": [],
                            "created_at": "2025-03-01T10:00:00Z",
                            "expires_at": None,
                            "revoked_at": None,
                        }
                    ]
                }
            ]
        }
    )

    keys: list[ListedKey]


@router.get("/keys", summary="The keys of the service")
def get_keys(service: TheService) -> ListedKeys:
    """Every key with its role and limits; secrets are not known to the service."""
    now = service.clock()
    return ListedKeys(
        keys=[
            ListedKey(
                key_id=key.key_id,
                role=key.role,
                name=key.name,
                state=key.state(now),
                per_minute=key.per_minute,
                origins=list(key.origins),
                created_at=key.created_at,
                expires_at=key.expires_at,
                revoked_at=key.revoked_at,
            )
            for key in service.keys.list()
        ]
    )
