"""What is kept between requests: the interface (`interface`), and where it is kept (`memory`)."""
