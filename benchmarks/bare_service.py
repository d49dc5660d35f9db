"""The yardstick of ``benchmarks/serving.py``: a bare FastAPI ``GET`` with a response model and ten items, no more.

``python -m benchmarks.bare_service --port 8099 --workers 2`` serves it on the same server (uvicorn with uvloop and
httptools) as Huitou.
"""

from __future__ import annotations

import argparse

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    """One item as Huitou tells it."""

    item_id: str
    score: float
    source: str
    reason: str


class Items(BaseModel):
    """Ten items."""

    recommendation_id: str
    placement: str
    items: list[Item]


ITEMS = [
    Item(item_id=f"item-{number:05}", score=1 / (number + 1), source="viewed", reason="you looked at this")
    for number in range(10)
]


@app.get("/items")
async def get_items(customer_id: str, placement: str = "home", n: int = 10) -> Items:
    """The same ten items for everyone."""
    return Items(recommendation_id=customer_id, placement=placement, items=ITEMS[:n])


def main() -> None:
    """Serve it on 127.0.0.1."""
    parser = argparse.ArgumentParser(description="A bare FastAPI GET of ten items.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    said = parser.parse_args()
    uvicorn.run(
        "benchmarks.bare_service:app",
        host="127.0.0.1",
        port=said.port,
        workers=said.workers,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
