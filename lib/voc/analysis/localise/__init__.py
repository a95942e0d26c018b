"""Where a figure's change lies: the few segments of a cube that carry it, and the cube itself."""
