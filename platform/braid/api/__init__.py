"""What every endpoint of the REST API shares: the form of errors and of pages."""
