"""What people and forges reach over HTTP."""
