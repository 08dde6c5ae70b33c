"""Values become ids and numbers as section 7 says."""

import math
import unittest

import numpy as np

from freshet_log.features import (
    Features,
    Instance,
    Past,
    bag_ids,
    decimal_text,
    hour,
    value_id,
    weekday,
    word_ids,
)
from freshet_log.hashing import MISSING, cross_of, id_of

SETTINGS = {
    "features": [
        {"name": "item", "from": ["item.id"], "as": "id"},
        {"name": "last", "from": ["clicks.last"], "as": "id"},
        {"name": "shown", "from": ["position"], "as": "bias"},
        {"name": "pair", "from": ["user.id", "item.brand"], "as": "cross"},
        {"name": "price", "from": ["item.price"], "as": "number", "log": True},
        {"name": "day", "from": ["event.weekday"], "as": "number", "log": False},
    ],
    "histories": [{"name": "clicks", "of": ["item"], "actions": ["like", "click"], "length": 2}],
}


class FeaturesTest(unittest.TestCase):
    def setUp(self):
        self.features = Features(SETTINGS)

    def test_a_number_s_text_is_the_shortest_plain_decimal(self):
        texts = {
            3.0: "3",
            -0.0: "0",
            0.1: "0.1",
            -2.50: "-2.5",
            1e-7: "0.0000001",
            1e22: "1" + "0" * 22,
            2.0**53: "9007199254740992",
            2.0**53 + 2: "9007199254740994",
            123456.789: "123456.789",
            1 / 3: "0.3333333333333333",
            # Sixteen digits, rounded correctly, do not read back; other sixteen would.
            2.0**-44: "0.000000000000056843418860808015",
        }
        for number, text in texts.items():
            self.assertEqual(decimal_text(number), text)
            self.assertEqual(float(text), number)

    def test_strings_and_numbers_have_ids_and_everything_else_is_missing(self):
        self.assertEqual(value_id("i17"), id_of("i17"))
        self.assertEqual(value_id(17.0), id_of("17"))
        self.assertEqual(value_id(17), id_of("17"))
        for missing in ("", None, math.nan, math.inf, ["a"]):
            self.assertEqual(value_id(missing), MISSING)

    def test_a_bag_keeps_order_and_repeats_and_leaves_out_empty_strings(self):
        self.assertEqual(bag_ids(["b", "", "a", "b"]), [id_of("b"), id_of("a"), id_of("b")])
        self.assertEqual(bag_ids("b"), [id_of("b")])
        self.assertEqual(bag_ids(2.5), [id_of("2.5")])
        self.assertEqual(bag_ids(None), [])

    def test_words_are_runs_of_letters_and_digits_in_lower_case(self):
        words = ["straße", "42", "kg", "漢字"]
        self.assertEqual(word_ids("Straße, 42-KG² (漢字)_"), [id_of(word) for word in words])
        self.assertEqual(word_ids(None), [])

    def test_hours_and_weekdays_are_those_of_utc(self):
        self.assertEqual((hour(0), weekday(0)), (0, 4))
        monday = 1_700_438_400_000
        self.assertEqual((hour(monday), weekday(monday)), (0, 1))
        self.assertEqual((hour(monday - 1), weekday(monday - 1)), (23, 7))
        self.assertEqual((hour(-1), weekday(-1)), (23, 3))

    def test_a_position_not_shown_yet_counts_as_the_first(self):
        for position in (0, 1):
            shown = Instance("i", position=position)
            self.assertEqual(self.features.id("position", shown), id_of("1"))

    def test_a_cross_with_a_missing_part_is_missing(self):
        cross = self.features.crosses[0]
        whole = Instance("i", {"brand": "b"}, "u")
        self.assertEqual(
            self.features.cross(cross, whole), cross_of([id_of("u"), id_of("b")])
        )
        self.assertEqual(self.features.cross(cross, Instance("i", {}, "u")), MISSING)

    def test_numbers_may_be_logarithms_and_are_cut_to_what_a_float_holds(self):
        price, day = self.features.numbers
        number = self.features.number
        self.assertEqual(number(price, Instance("i", {"price": -3.0})), np.float32(-math.log(4)))
        self.assertTrue(np.isnan(number(price, Instance("i", {"price": "3"}))))
        self.assertEqual(number(day, Instance("i", event_time=0)), np.float32(4))
        plain = dict(price, log=False)
        self.assertEqual(
            number(plain, Instance("i", {"price": -1e300})), -np.finfo(np.float32).max
        )

    def test_a_history_comes_by_its_sorted_actions_and_gives_its_newest_entries(self):
        seen = [Past("a"), Past("b"), Past("c")]
        instance = Instance("i", histories={"click+like": seen})
        history = self.features.histories[0]
        self.assertEqual(self.features.past(history, instance), seen[1:])
        self.assertEqual(self.features.id("clicks.last", instance), id_of("c"))
        self.assertEqual(self.features.past(history, Instance("i")), [])
        self.assertEqual(self.features.id("clicks.last", Instance("i")), MISSING)


if __name__ == "__main__":
    unittest.main()
