"""Scores of a proven version: which family computes them, one line each."""

import json
from dataclasses import dataclass

from freshet_log.boosted import BoostedModel
from freshet_log.colbert import ColbertModel
from freshet_log.ctr import CtrModel
from freshet_log.features import Features
from freshet_log.state import Refused

FAMILIES = {
    "base": CtrModel,
    "boosted-mlp": BoostedModel,
    "colbert": ColbertModel,
    "din": CtrModel,
    "noise-mlp": CtrModel,
}


@dataclass(frozen=True)
class Score:
    logit: float
    probability: float


def model_of(proven):
    """What scores with a version's state; refuses a family that this reader does not know."""
    settings = json.loads(proven.manifest["settings"])
    family = settings.get("family")
    if family not in FAMILIES:
        raise Refused("a family must be one of %s, got %s" % (", ".join(sorted(FAMILIES)), family))
    return FAMILIES[family](settings, Features(settings), proven.state)


def scores(proven, instances):
    """One Score per instance."""
    model = model_of(proven)
    logits = [model.logit(instance) for instance in instances]
    return [Score(float(logit), float(model.probability(logit))) for logit in logits]
