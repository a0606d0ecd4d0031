"""A matching round: many applicants, published criteria, one lottery, everybody told why. Mathematics: `methods`."""
