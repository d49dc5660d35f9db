"""Every table of the database together."""

from __future__ import annotations

from serving.database import marketing_tables, tables

METADATA = tables.METADATA
"""What a database of today holds."""

MODULES = (tables, marketing_tables)
"""Where the tables are written down."""
