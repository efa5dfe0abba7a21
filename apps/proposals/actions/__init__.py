"""The writes on proposals: each one transaction, with its line in the timeline."""
