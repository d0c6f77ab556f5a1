"""An adversary who reads stored rows and guesses the arm: ids, order, lengths, ciphertext bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

FOLDS = 5
BITS_OF = 13  # bytes of a sealed value read bit by bit: version and nonce
Features = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Guess:
    """How well the arm was guessed by each adversary: area under the ROC curve, out of fold; 0.5 is chance."""

    linear: float
    trees: float

    @property
    def furthest(self) -> float:
        """The greatest distance from chance; an adversary below 0.5 would turn its answer round."""
        return max(abs(self.linear - 0.5), abs(self.trees - 0.5))


def row_features(rows: Sequence[Mapping[str, Any]]) -> Features:
    """Numbers of every column, in stored order: where the row stands, its neighbours' ids, lengths, each byte."""
    columns = list(rows[0])
    widths = {name: max(len(_bytes(row[name])) for row in rows) for name in columns}
    table = []
    for place, row in enumerate(rows):
        numbers: list[float] = [place, place % 2, place % 4]
        for name in columns:
            raw = _bytes(row[name])
            numbers += [len(raw), sum(raw), *raw, *([-1] * (widths[name] - len(raw)))]
            if isinstance(row[name], bytes | memoryview):  # a leak of one bit hardly moves the byte's value
                numbers += [raw[at] >> bit & 1 for at in range(min(BITS_OF, len(raw))) for bit in range(8)]
        table.append(numbers)
    return np.asarray(table, dtype=np.float64)


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def predict(features: Features, labels: Sequence[Any], seed: int = 1) -> Guess:
    """The adversaries' areas under the curve by FOLDS-fold cross-validation, each row guessed unseen.

    `labels` hold two kinds; features are those of `row_features`. Pooled out-of-fold scores bias the area below 0.5
    when there is nothing to learn, so that the area is taken in each fold and averaged.
    """
    kinds = sorted(set(labels))
    assert len(kinds) == 2, f"an adversary tells two arms apart, not {len(kinds)}"
    truth = np.asarray([label == kinds[1] for label in labels])
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=300))
    trees = HistGradientBoostingClassifier(max_iter=60, max_depth=4, random_state=seed)
    return Guess(_area(linear, features, truth, folds), _area(trees, features, truth, folds))


def _area(model: Any, features: Features, truth: npt.NDArray[np.bool_], folds: StratifiedKFold) -> float:
    with threadpool_limits(1):  # threads that wait for one another on a busy machine take ten times as long
        scores = cross_val_predict(model, features, truth, cv=folds, method="predict_proba")[:, 1]
    parts = [roc_auc_score(truth[test], scores[test]) for _, test in folds.split(features, truth)]
    return float(np.mean(parts))
