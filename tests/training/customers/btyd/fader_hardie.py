"""The sample of CDNOW on which Fader and Hardie publish their figures: orders of 39 weeks, in weeks."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np

from training.customers.btyd.purchases import Purchases

SAMPLE_SQL = """
    with days as (
        select distinct customer_id, ts::date as day from read_parquet($file)
        where in_fader_hardie_sample and ts < timestamp '1997-10-01'
    )
    select count(*) - 1 as frequency, (max(day) - min(day)) / 7.0 as recency,
           (date '1997-09-30' - min(day)) / 7.0 as age
    from days group by customer_id
"""


def fader_hardie(real_data: Path) -> Purchases:
    """Their 2,357 customers."""
    with duckdb.connect() as connection:
        file = str(real_data / "cdnow" / "transactions.parquet")
        rows = connection.sql(SAMPLE_SQL, params={"file": file}).to_arrow_table()
    return Purchases(*(rows[name].to_numpy().astype(np.float64) for name in rows.column_names))
