"""What comes on paper, by telephone and at events: entering, importing, printing, keying twice, tablets on the spot."""
