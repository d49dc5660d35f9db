"""Who is alike, as the service, the command line and the exports tell it."""
