"""The family boosted-mlp in NumPy float32: a sum of small networks side by side, section 7."""

import numpy as np

from freshet_log.ctr import F32, CtrModel, sigmoid

_LIMITS = {"newton": F32(4), "damped": F32(1)}


class BoostedModel(CtrModel):
    """The inputs of the other families; blocks in the place of hidden layers."""

    def _top(self, x):
        boosting = self._settings["boosting"]
        blocks, limit = boosting["blocks"], _LIMITS[boosting["sums"]]
        tensor = self._state.tensor
        s = F32(2) * sigmoid(F32(2) * (x @ tensor("boost.W") + tensor("boost.b"))) - F32(1)
        by_block = (s * tensor("boost.out.W")).reshape(blocks, boosting["units"])
        outputs = np.clip(by_block.sum(axis=1, dtype=F32) + tensor("boost.out.b"), -limit, limit)
        total = F32(0)
        for output, step, kept in zip(outputs, tensor("boost.steps"), tensor("boost.kept")):
            total = kept * total + step * output
        return tensor("boost.start")[0] + total
