"""Five whys: from a complaint to its cause, as a tree of explanations that the data confirm."""
