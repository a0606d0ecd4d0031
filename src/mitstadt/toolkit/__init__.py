"""(digitales) MitWIRken: the catalogue of participation formats, the adviser, and the process it recommends."""
