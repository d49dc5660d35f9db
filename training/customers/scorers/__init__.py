"""What gives one kind of people the log-odds of an order: rules, priors, regression and trees."""
