"""What an author of scenarios asks for: what a scenario looks like on the wire (`show`), each fault beside a
healthy answer (`show_faults`), which scenario would answer (`explain`), and what of a script no client will
meet or no page documents (`reviewing`). Scenarios are played without a client here.
"""
