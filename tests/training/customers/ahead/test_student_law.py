"""Student's law in closed form."""

from __future__ import annotations

import numpy as np
import scipy.stats

from training.customers.ahead.student_law import FREEDOM, student_quantile, student_share


def test_quantiles_are_those_of_students_law() -> None:
    """The closed forms agree with the general ones of SciPy and are each other's inverse."""
    shares = np.linspace(0.001, 0.999, 200)
    np.testing.assert_allclose(student_quantile(shares), scipy.stats.t.ppf(shares, FREEDOM), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(student_share(student_quantile(shares)), shares, rtol=1e-9)
