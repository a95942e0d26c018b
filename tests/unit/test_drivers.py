"""Ordinal model, curves and answers: against statsmodels and against figures worked out by hand."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from voc.analysis.drivers import splines
from voc.analysis.drivers.design import Design, Group
from voc.analysis.drivers.known import BY_NAME
from voc.analysis.drivers.model import model
from voc.analysis.drivers.ordinal import fit
from voc.analysis.drivers.rows import answers_of

SINCE, UNTIL = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")


def _drawn(n: int = 1500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    x, label = rng.normal(size=(n, 2)), rng.integers(0, 4, n)
    eta = x @ [0.5, -0.3] + np.linspace(-1, 1, 4)[label]
    return np.digitize(eta + rng.logistic(size=n), [-2, -1, 0, 1.5]), x, label


def test_agrees_with_statsmodels_ordered_model():
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    y, x, label = _drawn()
    ours = fit(Design(y, x, [Group("label", label, 4, 1e-6)], np.arange(len(y))))
    ones = (label[:, None] == np.arange(1, 4)).astype(float)
    theirs = OrderedModel(y, np.hstack([x, ones]), distr="logit").fit(method="bfgs", disp=0)
    assert ours.converged
    np.testing.assert_allclose(ours.beta, theirs.params[:2], atol=2e-4)
    np.testing.assert_allclose(np.diff(ours.labels), np.diff(np.r_[0, theirs.params[2:5]]), atol=1e-3)
    np.testing.assert_allclose(np.sqrt(ours.naive[4:6]), theirs.bse[:2], rtol=2e-3)
    assert ours.loglik == pytest.approx(theirs.llf, abs=1e-3)


# Satisfaction of 1,681 householders of Copenhagen: Madsen, Scandinavian Journal of Statistics 3, 1976. By contact with neighbours
# (low, high), type (tower, apartment, atrium, terrace) and influence (low, medium, high): how many were little, medium, much satisfied.
HOUSING = [
    [[[21, 21, 28], [34, 22, 36], [10, 11, 36]], [[61, 23, 17], [43, 35, 40], [26, 18, 54]],
     [[13, 9, 10], [8, 8, 12], [6, 7, 9]], [[18, 6, 7], [15, 13, 13], [7, 5, 11]]],
    [[[14, 19, 37], [17, 23, 40], [3, 5, 23]], [[78, 46, 43], [48, 45, 86], [15, 25, 62]],
     [[20, 23, 20], [10, 22, 24], [7, 10, 21]], [[57, 23, 13], [31, 21, 13], [5, 6, 13]]],
]  # fmt: skip


def test_agrees_with_the_published_model_of_satisfaction_in_copenhagen():
    """Venables & Ripley, Modern Applied Statistics with S, 2002, 7.3: coefficients, cuts and deviance of R's polr."""
    counts = np.array(HOUSING)
    contact, kind, influence, y = (np.repeat(at.ravel(), counts.ravel()) for at in np.indices(counts.shape))
    assert len(y) == 1681
    x = np.column_stack([influence == 1, influence == 2, kind == 1, kind == 2, kind == 3, contact == 1]).astype(float)
    made = fit(Design(y, x, [], np.arange(len(y))))
    np.testing.assert_allclose(made.beta, [0.5664, 1.2888, -0.5724, -0.3662, -1.0910, 0.3603], atol=5e-4)
    np.testing.assert_allclose(made.theta, [-0.4961, 0.6907], atol=5e-4)
    np.testing.assert_allclose(np.sqrt(made.naive[2:]), [0.1047, 0.1272, 0.1192, 0.1552, 0.1515, 0.0955], atol=5e-4)
    assert -2 * made.loglik == pytest.approx(3479.149, abs=0.01)


def test_two_scores_and_one_yes_no_give_the_odds_ratio_of_the_table():
    y = np.repeat([0, 1, 0, 1], [30, 10, 20, 40])
    x = np.repeat([0.0, 0.0, 1.0, 1.0], [30, 10, 20, 40])[:, None]
    made = fit(Design(y, x, [], np.arange(100)))
    assert made.beta[0] == pytest.approx(np.log(30 * 40 / (10 * 20)), abs=1e-5)  # odds ratio 6
    assert made.naive[1] == pytest.approx(1 / 30 + 1 / 10 + 1 / 20 + 1 / 40, abs=1e-5)  # Woolf's variance


def test_answers_written_twice_by_one_customer_make_nothing_surer():
    y, x, _ = _drawn(400)
    once = fit(Design(y, x, [], np.arange(400)))
    twice = fit(Design(np.tile(y, 2), np.tile(x, (2, 1)), [], np.tile(np.arange(400), 2)))
    np.testing.assert_allclose(np.diag(twice.cov), np.diag(once.cov), rtol=1e-5)
    assert (twice.naive < 0.6 * once.naive).all()


def test_labels_of_persons_are_drawn_to_nought():
    y, x, label = _drawn()
    free, drawn = (fit(Design(y, x, [Group("agent", label, 4, pull)], np.arange(len(y)))) for pull in (0.05, 500.0))
    assert np.ptp(drawn.labels) < 0.6 * np.ptp(free.labels)


def test_a_label_whose_scores_are_all_alike_stays_finite():
    y, x, label = _drawn(300)
    y = np.where(label == 0, 4, y)
    made = fit(Design(y, x, [Group("label", label, 4)], np.arange(300)))
    assert made.converged
    assert np.abs(made.labels).max() < 10


def test_curves_run_straight_beyond_their_outermost_knots():
    knots = np.array([1.0, 2.0, 4.0, 7.0])
    for side in (np.array([-3.0, -2.0, -1.0]), np.array([8.0, 9.0, 10.0])):
        made = splines.basis(side, knots)
        np.testing.assert_allclose(np.diff(made, axis=0)[0], np.diff(made, axis=0)[1], atol=1e-9)
    x, step = np.linspace(0, 8, 33), 1e-6
    slope = (splines.basis(x + step, knots) - splines.basis(x - step, knots)) / (2 * step)
    np.testing.assert_allclose(splines.slopes(x, knots), slope, atol=1e-6)


def _contacts(n: int = 2000) -> pd.DataFrame:
    """Hard questions take long and please nobody; within each kind longer handling pleases a little more."""
    rng = np.random.default_rng(7)
    hard, care = rng.random(n) < 0.5, rng.normal(size=n)
    feeling = 1.2 - 2.4 * hard + 0.4 * care + rng.logistic(size=n)
    return pd.DataFrame(
        {
            "interaction_id": [f"i{i:05}" for i in range(n)],
            "customer_id": [f"c{i % 1500}" for i in range(n)],
            "agent_id": [f"a{i % 9}" for i in range(n)],
            "created_local": SINCE + pd.to_timedelta(rng.integers(0, 30 * 1440, n), unit="min"),
            "issue": np.where(hard, "refund", "opening hours"),
            "channel": "phone",
            "aht_minutes": 5 * np.exp(0.9 * hard + 0.4 * care),
            "csat": 1.0 + np.digitize(feeling, [-1.5, -0.5, 0.0, 1.0]),
        }
    )


def _answers(frame: pd.DataFrame):
    return answers_of(ibis.memtable(frame), SINCE, UNTIL)


def test_within_one_kind_of_contact_the_sign_turns():
    answers = _answers(_contacts())
    driver = BY_NAME["handling"]
    together = model(answers, driver, held=(), straight=True)
    alike = model(answers, driver, held=("kind",), straight=True)
    u = together.u
    assert together.points(u, u + np.log(2)).hi < 0
    found = alike.points(u, u + np.log(2))
    assert found.lo > 0
    assert alike.slope(float(np.median(u))).value == pytest.approx(found.value / np.log(2), rel=0.2)


def test_points_are_the_difference_of_two_levels():
    made = model(_answers(_contacts()), BY_NAME["handling"])
    low, high = np.full(len(made.rows), 1.0), np.full(len(made.rows), 2.0)
    assert made.points(low, high).value == pytest.approx(made.level(2.0).value - made.level(1.0).value)
    assert 0 <= made.bend_p() <= 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"csat": 5.0}, "all 2,000 scores are 4 or 5"),
        ({"csat": 2.0}, "all 2,000 scores are below 4"),
        ({"csat": np.nan}, "0 answers with a score are too few"),
    ],
)
def test_says_why_nothing_can_be_told(change: dict, why: str):
    answers = _answers(_contacts().assign(**change))
    assert answers.why.startswith(why)
    assert answers.drivers == ()


def test_an_all_but_empty_handling_time_is_refused_with_its_share():
    frame = _contacts()
    frame.loc[6:, "aht_minutes"] = np.nan
    missing = _answers(frame).missing.set_index("driver")["why"]
    assert missing["handling"] == "only 6 of 2,000 answered contacts have it (99.7% empty)"
    assert missing["first_response"] == "the data have no first response"


def test_more_answers_than_the_most_are_drawn_by_whole_customers():
    frame = _contacts()
    answers = answers_of(ibis.memtable(frame), SINCE, UNTIL, most=1000)
    assert 0.4 < answers.drawn < 0.6
    kept = frame[frame["interaction_id"].isin(answers.frame["interaction_id"])]
    assert kept["customer_id"].isin(frame["customer_id"]).all()
    whole = frame.groupby("customer_id").size()
    assert (kept.groupby("customer_id").size() == whole.reindex(kept["customer_id"].unique()).sort_index()).all()


def test_the_happy_cut_is_found_where_a_score_is_missing_among_those_who_know_a_driver():
    """Nobody with a known handling time gave a 2: the model has four scores, and 4 is the third of them."""
    frame = _contacts()
    frame.loc[frame["csat"] == 2, "aht_minutes"] = np.nan
    made = model(_answers(frame), BY_NAME["handling"], held=(), straight=True)
    share = 100 * frame.loc[frame["aht_minutes"].notna(), "csat"].ge(4).mean()
    assert made.fit.cuts == 3
    assert 100 * made.mean() == pytest.approx(share, abs=2)


def test_slopes_along_labels_are_those_of_columns():
    y, x, label = _drawn()
    columns = np.where(label[:, None] == np.arange(4), x[:, :1], 0.0)
    who, agents = np.arange(len(y)) // 2, Group("agent", np.arange(len(y)) % 30 - 1, 29, 2.0)
    dense = fit(Design(y, np.hstack([columns, x[:, 1:]]), [agents], who))
    sparse = fit(Design(y, x[:, 1:], [Group("slope", label, 4, 0.0, x[:, 0]), agents], who))
    own, place = slice(dense.cuts, dense.cuts + 4), slice(sparse.cuts + 1, sparse.cuts + 5)
    np.testing.assert_allclose(dense.params[own], sparse.params[place], rtol=1e-6)
    np.testing.assert_allclose(dense.cov[own, own], sparse.cov[place, place], rtol=1e-6)
