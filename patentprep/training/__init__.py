"""How the shipped models are made from the corpora we wrote; never imported by the program that uses them."""
