"""Scores of networks small enough for paper."""

import json
import math
import unittest

import numpy as np

from freshet_log.features import Instance, Past
from freshet_log.follower import Proven
from freshet_log.hashing import id_of
from freshet_log.scoring import scores
from freshet_log.state import FLOAT, Refused, State

HOUR = 3_600_000


def proven(settings, tensors, tables):
    """A state with these tensors, and tables of rows by id."""
    state = State(
        {name: np.shape(values) for name, values in tensors.items()},
        {name: len(next(iter(rows.values()))) for name, rows in tables.items()},
    )
    parts = [
        {
            "name": name,
            "shape": list(np.shape(values)),
            "first": 0,
            "values": np.array(values, FLOAT).tobytes(),
        }
        for name, values in tensors.items()
    ]
    for name, rows in tables.items():
        parts.append(
            {
                "table": name,
                "width": len(next(iter(rows.values()))),
                "ids": np.array(list(rows), "<u8").tobytes(),
                "values": np.array(list(rows.values()), FLOAT).tobytes(),
            }
        )
    state.apply(parts, lambda whole: None)
    return Proven(state, {"settings": json.dumps(settings), "epoch": 1, "number": 1}, 0)


def network(units, activation="relu", skip=False):
    return {"units": units, "activation": activation, "linearSkip": skip}


class ScoringTest(unittest.TestCase):
    def one(self, held, instance):
        score = scores(held, [instance])[0]
        return score.logit, score.probability

    def test_rows_crosses_biases_and_calibration_add_up(self):
        held = proven(
            {
                "family": "base",
                "features": [
                    {"name": "item", "from": ["item.id"], "as": "id"},
                    {"name": "tags", "from": ["item.tags"], "as": "bag"},
                    {"name": "pair", "from": ["item.id", "user.id"], "as": "cross"},
                    {"name": "place", "from": ["position"], "as": "bias"},
                ],
                "histories": [],
                "network": network([]),
            },
            {"mlp.out.W": [1, 10, 100], "mlp.out.b": [0.5], "calibration": [2, -1]},
            {
                "item": {0: [7, 7], id_of("a"): [1, 2]},
                "tags": {0: [0], id_of("x"): [1], id_of("y"): [3]},
                "pair": {0: [0.25]},
                "place": {0: [9], id_of("1"): [-200]},
            },
        )
        logit, probability = self.one(held, Instance("a", {"tags": ["x", "y"]}))
        self.assertEqual(logit, 0.5 + 1 + 20 + 200 + 0.25 - 200)
        self.assertAlmostEqual(probability, 1 / (1 + math.exp(-(2 * logit - 1))), places=6)
        logit, _ = self.one(held, Instance("unknown"))
        self.assertEqual(logit, 0.5 + 7 + 70 + 0 + 0.25 - 200)

    def attended(self, normalize):
        rows = {0: [0], id_of("q"): [2], id_of("k"): [3], id_of("l"): [-1]}
        held = proven(
            {
                "family": "din",
                "features": [{"name": "item", "from": ["item.id"], "as": "id"}],
                "histories": [{"name": "h", "of": ["item"], "actions": ["click"], "length": 9}],
                "attention": {"units": [1], "activation": "prelu", "normalize": normalize},
                "network": network([]),
            },
            {
                "att.h.0.W": [[1], [2], [-1], [0.5]],
                "att.h.0.b": [-2],
                "att.h.0.alpha": [0.1],
                "att.h.out.W": [0.5],
                "att.h.out.b": [1],
                "mlp.out.W": [1, 0, 0, 0],
                "mlp.out.b": [0],
                "dense.mean": [0],
                "dense.var": [1],
                "calibration": [1, 0],
            },
            {"item": rows},
        )
        past = {"click": [Past("k"), Past("l")]}
        return self.one(held, Instance("q", histories=past))[0]

    def test_the_activation_unit_weighs_the_history_by_the_candidate(self):
        # W·[q, k, q−k, q∘k] + b: k=3: 2+6+1+3-2 = 10; k=-1: 2-2-3-1-2 = -6, of which a tenth.
        scores_by_hand = [0.5 * 10 + 1, 0.5 * -0.6 + 1]
        self.assertAlmostEqual(
            self.attended("none"), 3 * scores_by_hand[0] - scores_by_hand[1], places=5
        )
        self.assertAlmostEqual(
            self.attended("mean"), (3 * scores_by_hand[0] - scores_by_hand[1]) / 2, places=5
        )
        odds = math.exp(scores_by_hand[1] - scores_by_hand[0])
        self.assertAlmostEqual(self.attended("softmax"), (3 - odds) / (1 + odds), places=5)

    def test_dense_values_are_standardised_and_skip_the_network(self):
        held = proven(
            {
                "family": "base",
                "features": [
                    {"name": "price", "from": ["item.price"], "as": "number", "log": False},
                    {
                        "name": "seen",
                        "from": ["item.id"],
                        "as": "counters",
                        "halfLivesMs": [HOUR],
                    },
                ],
                "histories": [],
                "network": network([], skip=True),
            },
            {
                "mlp.out.W": [0] * 7,
                "mlp.out.b": [0],
                "skip.W": [1, 100, 1, 10, 100, 1000, 10000],
                "dense.mean": [1, 0, 0, 0, 0, 0, 0],
                "dense.var": [4, 1, 1, 1, 1, 1, 1],
                "counters.base": [1, 10],
                "calibration": [1, 0],
            },
            # Of 8 shown 4 had the outcome; first seen at hour 2, last at hour 4 and a half.
            {"seen": {0: [0] * 8, id_of("a"): [4, 8, 4, 8, 2, 0, 4, HOUR // 2]}},
        )
        logit, _ = self.one(held, Instance("a", {"price": 4.0}, event_time=6 * HOUR + HOUR // 2))
        prior = 5 * 0.1
        recent = math.log((1 + prior) / (2 - 1 + 5 - prior))
        ever = math.log((4 + prior) / (8 - 4 + 5 - prior))
        due = 1.5 + recent + 10 * ever + 100 * math.log(9) + 1000 * math.log(5.5)
        due += 10000 * math.log(3)
        self.assertAlmostEqual(logit / due, 1, places=5)
        logit, _ = self.one(held, Instance("b", {}, event_time=6 * HOUR))
        self.assertAlmostEqual(logit, 100 + 11 * math.log(0.5 / 4.5), places=4)

    def test_dice_mixes_by_how_unusual_an_input_is(self):
        held = proven(
            {
                "family": "base",
                "features": [{"name": "item", "from": ["item.id"], "as": "id"}],
                "histories": [],
                "network": network([1], "dice"),
            },
            {
                "mlp.0.W": [[2]],
                "mlp.0.b": [1],
                "mlp.0.alpha": [0.5],
                "mlp.0.mean": [2],
                "mlp.0.var": [4],
                "mlp.out.W": [1],
                "mlp.out.b": [0],
                "calibration": [1, 0],
            },
            {"item": {0: [1.5]}},
        )
        p = 1 / (1 + math.exp(-1))
        self.assertAlmostEqual(self.one(held, Instance("a"))[0], p * 4 + (1 - p) * 2, places=5)

    def test_blocks_add_up_one_after_the_other_each_cut_to_its_limit(self):
        held = proven(
            {
                "family": "boosted-mlp",
                "features": [{"name": "item", "from": ["item.id"], "as": "id"}],
                "histories": [],
                "network": network([], skip=True),
                "boosting": {"blocks": 2, "units": 2, "sums": "newton"},
            },
            {
                "boost.W": [[1, 2, 0, 0]],
                "boost.b": [0, 0, 0.5, -0.5],
                "boost.out.W": [1, 10, 1, -1],
                "boost.out.b": [1, -0.25],
                "boost.steps": [0.5, 2],
                "boost.kept": [1, 0.9],
                "boost.start": [-3],
                "calibration": [1, 0],
            },
            {"item": {0: [0.5]}},
        )
        first = 4  # 1 + tanh(0.5) + 10·tanh(1) is beyond the limit
        second = -0.25 + 2 * math.tanh(0.5)
        due = -3 + 0.9 * (0.5 * first) + 2 * second
        self.assertAlmostEqual(self.one(held, Instance("a"))[0], due, places=5)

    def test_a_family_that_this_reader_does_not_know_is_refused_by_name(self):
        with self.assertRaisesRegex(Refused, "base, .*din.*got forest"):
            scores(proven({"family": "forest"}, {}, {}), [])


if __name__ == "__main__":
    unittest.main()
