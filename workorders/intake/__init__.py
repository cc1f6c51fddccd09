"""Intake: what is wrong, who pays, which term and price, and the customer's yes or no."""
