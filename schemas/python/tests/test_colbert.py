"""Texts that meet, by hand."""

import math
import unittest

import numpy as np

from freshet_log.colbert import hashed_signs
from freshet_log.features import Instance, words_of
from freshet_log.hashing import id_of
from freshet_log.scoring import model_of, scores
from tests.test_scoring import proven

WIDTH = 70


def settings(**ranking):
    words = {"length": 5, "subwords": 0, "punctuation": False}
    return {
        "family": "colbert",
        "seed": 3,
        "features": [
            {"name": "query", "from": ["query.text"], "as": "tokens", "words": words},
            {"name": "text", "from": ["item.text"], "as": "tokens", "words": words},
            {"name": "place", "from": ["position"], "as": "bias"},
        ],
        "histories": [],
        "ranking": {
            "width": WIDTH,
            "context": 0,
            "augment": 0,
            "projection": {"shape": "linear", "activation": "identity", "residual": True},
            **ranking,
        },
    }


def held(ranking=(), tables=(), tensors=()):
    """Ten documents were seen, and in one of them "red"."""
    return proven(
        settings(**dict(ranking)),
        {
            "head": [4, -2],
            "calibration": [1, 0],
            "tokens.documents": [10],
            "projection.W": np.eye(WIDTH),
            "documents.projection.W": np.eye(WIDTH),
            **dict(tensors),
        },
        {
            "tokens.words": {0: [0] * WIDTH},
            "documents.tokens.words": {0: [0] * WIDTH},
            "tokens.weights": {0: [0]},
            "tokens.frequencies": {0: [0], id_of("red"): [1]},
            "place": {0: [0]},
            **dict(tables),
        },
    )


def match(state, query, text):
    return float(model_of(state).match(Instance("a", {"text": text}, query=query)))


def cosine(one, other):
    return float(hashed_signs(3, id_of(one), WIDTH) @ hashed_signs(3, id_of(other), WIDTH)) / WIDTH


RED, SHOE = math.log(1 + 9.5 / 1.5), math.log(1 + 10.5 / 0.5)


class ColbertTest(unittest.TestCase):
    def test_every_token_meets_its_best_and_counts_by_its_idf(self):
        due = (RED * 1 + SHOE * cosine("shoe", "red")) / (RED + SHOE)
        self.assertAlmostEqual(match(held(), "Red shoe", "red"), due, places=5)
        best = max(cosine("shoe", "red"), cosine("shoe", "hat"))
        due = (RED * 1 + SHOE * best) / (RED + SHOE)
        self.assertAlmostEqual(match(held(), "shoe, red", "RED hat"), due, places=5)

    def test_a_match_becomes_a_logit_and_biases_add_to_it(self):
        state = held(tables={"place": {0: [9], id_of("2"): [0.5]}})
        shown = Instance("a", {"text": "red"}, position=2, query="red")
        self.assertAlmostEqual(scores(state, [shown])[0].logit, 4 * 1 - 2 + 0.5, places=5)

    def test_a_query_or_a_document_without_tokens_matches_by_nothing(self):
        self.assertEqual(match(held(), "", "red"), 0)
        self.assertEqual(match(held(), None, "red"), 0)
        self.assertEqual(match(held(), "red", "!"), 0)
        self.assertEqual(match(held(), "red", ["red"]), 0)

    def test_what_was_learnt_of_a_word_adds_to_it_on_its_side_alone(self):
        learnt = 2 * hashed_signs(3, id_of("hat"), WIDTH)
        state = held(tables={"tokens.words": {id_of("red"): learnt}})
        vector = hashed_signs(3, id_of("red"), WIDTH) + learnt
        due = vector @ hashed_signs(3, id_of("hat"), WIDTH)
        due /= np.linalg.norm(vector) * math.sqrt(WIDTH)
        self.assertAlmostEqual(match(state, "red", "hat"), due, places=5)
        self.assertAlmostEqual(match(state, "hat", "red"), cosine("hat", "red"), places=5)

    def test_a_learnt_weight_is_cut_and_masks_fill_a_query_up(self):
        learnt = {"tokens.weights": {id_of("red"): [9.0]}}
        red = RED * math.exp(4)
        due = (red + SHOE * cosine("shoe", "red")) / (red + SHOE)
        self.assertAlmostEqual(match(held(tables=learnt), "red shoe", "red"), due, places=5)
        masked = cosine("#[MASK] 1", "red")
        due = (RED + 0.05 * masked) / (RED + 0.05)
        self.assertAlmostEqual(match(held({"augment": 2}), "red", "red"), due, places=5)

    def test_a_gate_opens_the_projection_and_a_residual_adds(self):
        projection = {"shape": "glu", "activation": "silu", "residual": True}
        weights = {
            "projection.W1": np.zeros((WIDTH, 1)),
            "projection.b1": [2],
            "projection.W2": np.eye(WIDTH)[:, :1],
            "projection.W3": [[0, 3]],
            "projection.R": np.eye(WIDTH)[:, :2],
        }
        both = {side + name: value for name, value in weights.items() for side in ("", "documents.")}
        model = model_of(held({"projection": projection}, tensors=both))
        x = hashed_signs(3, id_of("red"), WIDTH) / math.sqrt(WIDTH)
        y = np.array([x[0], x[1] + 3 * 2 / (1 + math.exp(-2)) * x[0]])
        made = model.vectors([[id_of("red")]], True)[0]
        np.testing.assert_allclose(made, y / np.linalg.norm(y), rtol=1e-5)

    def test_words_and_marks_come_in_order_the_first_so_many(self):
        words = {"length": 4, "punctuation": True}
        self.assertEqual(words_of("Red-Shoe, 42kg²", words), ["red", "-", "shoe", ","])
        words = {"length": 9, "punctuation": False}
        self.assertEqual(words_of(" Füße  42kg²漢字", words), ["füße", "42kg", "漢字"])


if __name__ == "__main__":
    unittest.main()
