"""``python -m patentprep.training``: train the models, measure them, write the card. A few minutes, deterministic."""

from patentprep.resources import folder
from patentprep.training.build import write_models
from patentprep.training.card import write_card

if __name__ == "__main__":
    target = folder("data") / "models"
    write_models(target)
    write_card(target / "card.md")
