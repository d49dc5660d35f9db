"""What customers said of letters, and their birthdays, as columns of the table of customers."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from features.channels import CONSENT_FIELDS


def told_columns(customers: pa.Table, customer_ids: pa.Array) -> Mapping[str, pa.Array]:
    """Consent by channel, ``birthday_month`` and ``birthday_day`` of each of ``customer_ids``; null: nothing was said.

    ``customers`` is in ``CUSTOMER_SCHEMA``.
    """
    place = pc.index_in(customer_ids, value_set=customers["customer_id"].combine_chunks())
    said = customers.select([*CONSENT_FIELDS, "birthday"]).take(place)
    columns = {name: said[name].combine_chunks() for name in CONSENT_FIELDS}
    birthday = said["birthday"].combine_chunks()
    for name, start in (("birthday_month", 0), ("birthday_day", 3)):
        columns[name] = pc.utf8_slice_codeunits(birthday, start, start + 2).cast(pa.int8())
    return columns
