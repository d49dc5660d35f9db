"""Text of any encoding, and dates whose order the whole file must tell."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder, ShopSettings
from tests.features.events.importing import HEADER, rejected, run, stored, write

LINES = "c-1,sku-1,view,2025-03-01T10:00:00Z,,,\nc-2,sku-2,cart,2025-03-01T11:00:00Z,,,\n"


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    """An empty shop with four buckets."""
    return ShopFolder.create(tmp_path / "shop", ShopSettings(timezone="Asia/Shanghai", buckets=4))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings(tmp_path: Path, shop: ShopFolder, encoding: str, packed: bool) -> None:
    """Files of Chinese shops are read whatever their encoding, with or without byte order mark, packed or not."""
    text = "用户ID,商品ID,行为,时间\n张三,茶叶,购买,2025年3月1日 10:00\n李四,瓷器,pv,2025/3/1 8:05\n".encode(encoding)
    path = write(tmp_path, gzip.compress(text) if packed else text, "行为.csv.gz" if packed else "行为.csv")
    summary = run(shop, path, timezone="Asia/Shanghai")
    assert summary.encoding == encoding
    assert summary.rejected_by_reason == {"kind unknown": 1}
    assert [(row["customer_id"], row["item_id"]) for row in stored(shop)] == [("李四", "瓷器")]
    assert rejected(summary)[0]["raw"]["用户ID"] == "张三"


def test_unreadable_bytes_reject_only_their_rows(tmp_path: Path, shop: ShopFolder) -> None:
    """Bytes that are no text spoil the rows whose ids they are in, and no other."""
    text = (HEADER + LINES).encode() + b"c-\xff9,sku-1,view,2025-03-01T10:00:00Z,,,\n" + LINES.encode()
    summary = run(shop, write(tmp_path, text))
    assert (summary.stored, summary.rejected_by_reason) == (4, {"customer_id unreadable": 1})
    assert rejected(summary)[0]["message"] == (
        "customer_id must be readable text; got 'c-\ufffd9' in row 4. Name the file's encoding with --encoding."
    )


def test_dates_of_the_whole_file_decide(tmp_path: Path, shop: ShopFolder) -> None:
    """One date late in a file says for all of it which number is the day; when none says so, a person must."""

    def lines(day: int, count: int) -> str:
        return "".join(f"c-{row},s,view,0{row % 9 + 1}/{day}/2025,,,\n" for row in range(count))

    path = write(tmp_path, HEADER + lines(3, 4000) + lines(13, 1))
    summary = run(shop, path, timezone="UTC", batch_rows=10)
    assert (summary.stored, summary.date_order) == (4001, "mdy")
    undecided = write(tmp_path, HEADER + lines(3, 9), "undecided.csv")
    with pytest.raises(HuitouError) as raised:
        run(shop, undecided, timezone="UTC")
    assert raised.value.message == (
        f"occurred_at in {undecided} can be read with the day first or the month first, and nothing in the file "
        "decides it. Say --date-order dmy or --date-order mdy."
    )
    assert run(shop, undecided, timezone="UTC", date_order="dmy").date_order == "dmy"
