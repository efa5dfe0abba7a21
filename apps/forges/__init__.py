"""Repositories on forges: what comes from them, what follows it, what is reported back."""
