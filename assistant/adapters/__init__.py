"""Where libraries and files are met. Nothing outside this package (and ingest) knows them."""
