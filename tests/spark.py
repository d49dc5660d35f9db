"""A real Spark on this machine, for tests: two threads, no page, nothing but 127.0.0.1."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import Any

# Small questions take most of their time in being compiled and planned, and leave little to clear away.
SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.memory": "1g",
    "spark.log.level": "ERROR",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
}


@cache
def has_spark() -> bool:
    """Whether Spark and the Java that it runs on are installed."""
    return find_spec("pyspark") is not None and shutil.which("java") is not None


@contextmanager
def spark_session() -> Iterator[Any]:
    """A session for as long as the block lasts; starting it takes some seconds."""
    from pyspark.sql import SparkSession

    with warnings.catch_warnings():
        # Said of pandas 3 when Spark or its part of Ibis is loaded; answers come through Arrow, never through pandas.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        __import__("ibis.backends.pyspark")
        builder = SparkSession.builder.master("local[2]").appName("tests")
        for name, value in SETTINGS.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()
