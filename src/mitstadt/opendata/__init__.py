"""Published data sets and the DCAT-AP.de catalogue."""
