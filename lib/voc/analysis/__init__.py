"""What the numbers say: metrics, intervals, comparisons and findings."""
