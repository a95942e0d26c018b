"""What goes with satisfaction: handling time, waits, outcomes and effort, read in points of CSAT, with how sure that is."""
