"""Equipment service work: from the customer's call to the signed act, under clocks."""
