"""Several processes that answer as one server, on several cores, and the one that looks after them."""
