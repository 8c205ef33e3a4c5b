import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.beta import beta_cdf, beta_quantile, log_gamma


@pytest.mark.parametrize("x", [1e-3, 0.3, 1.0, 2.5, 40.0, 1e5])
def test_log_gamma_is_that_of_the_library(x: float) -> None:
    assert float(log_gamma(x)) == pytest.approx(math.lgamma(x), rel=1e-12, abs=1e-12)


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.001, 0.999))
def test_cdf_of_whole_numbers_is_the_binomial_tail(a: int, b: int, x: float) -> None:
    n = a + b - 1
    tail = sum(math.comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(a, n + 1))
    assert float(beta_cdf(x, a, b)) == pytest.approx(tail, abs=1e-11)


# scipy 1.17.1: scipy.stats.beta.ppf
@pytest.mark.parametrize(
    ("share", "a", "b", "quantile"),
    [
        (0.025, 9.5, 1.5, 0.6186852289),
        (0.975, 9.5, 1.5, 0.9889883262),
        (0.5, 0.2, 3.0, 0.0079012291),
        (0.9, 2000.0, 500.0, 0.8101989617),
    ],
)
def test_quantile_of_stored_cases(share: float, a: float, b: float, quantile: float) -> None:
    assert float(beta_quantile(share, a, b)) == pytest.approx(quantile, abs=1e-9)


@given(st.floats(0.01, 0.99), st.floats(0.05, 500), st.floats(0.05, 500))
def test_quantile_inverts_the_cdf(share: float, a: float, b: float) -> None:
    x = beta_quantile(share, a, b)
    near = beta_cdf(np.array([x - 1e-12, x + 1e-12]), a, b)
    assert near[0] - 1e-9 <= share <= near[1] + 1e-9


def test_cdf_ends_at_nought_and_one() -> None:
    assert beta_cdf([0.0, 1.0], 2.0, 3.0).tolist() == [0.0, 1.0]
