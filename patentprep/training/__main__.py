"""``python -m patentprep.training``: train the models, measure them, write the card and docs/quality.md.

The linear models take some minutes. With the extra ``train`` installed the encoder is trained too, teacher and
students, three times over to measure them, once to ship them: one to two hours on two processors, with 12 GB of memory
for all. What is finished is kept in the system's temporary folder. Deterministic on one machine.

``python -m patentprep.training eligibility`` trains and measures that model alone; ``registers`` measures the whole
detector on registers it never saw (five more students); ``card`` writes the two texts again from the stored scores;
``words`` gathers which words the checklists' expressions need.
"""

from __future__ import annotations

import sys

from patentprep import encoder, patterns
from patentprep.checklist import available, load_checklist
from patentprep.resources import folder
from patentprep.training import build, card, finetune, measure

MODELS = folder("data") / "models"


def run(part: str) -> None:
    patterns.write_needs(e for name in available() for e in load_checklist(name).screen.expressions)
    if part == "words":
        return
    if part == "all" and finetune.possible():
        build.write_general(MODELS)
    sentences, passages = build.evidence_task(), build.eligibility_task()
    stored = MODELS / "held-out.npz"
    scores = measure.load(stored) if part != "all" else {}
    if part == "all":
        words = build.write_evidence(MODELS, sentences)
        if finetune.possible():
            quick, thorough = build.write_encoder(MODELS, sentences, build.read_frozen(sentences), words)
            scores |= measure.evidence(sentences, words, quick, thorough)
        else:
            sys.stderr.write(
                "The encoder was not trained: install patentprep[train]. Its figures are left as they were.\n"
            )
            scores |= {**measure.load(stored), "evidence words": words}
    if part in ("all", "eligibility"):
        build.write_eligibility(MODELS, passages)
        scores |= measure.eligibility(passages)
    if part == "registers":
        scores |= measure.registers(sentences, build.read_frozen(sentences, alone=True))
    measure.save(scores, stored)
    scores = measure.load(stored)
    for read in (encoder.tuned, encoder.base):
        read.cache_clear()
    (MODELS / "card.md").write_text(card.card(sentences, passages, scores), encoding="utf-8")
    quality = folder("data").parent / "docs" / "quality.md"
    quality.write_text(card.quality(sentences, passages, scores), encoding="utf-8")


if __name__ == "__main__":
    part = sys.argv[1] if len(sys.argv) > 1 else "all"
    if part not in ("all", "eligibility", "registers", "card", "words"):
        sys.exit("usage: python -m patentprep.training [all | eligibility | registers | card | words]")
    run(part)
