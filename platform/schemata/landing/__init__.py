"""A merged result on its way back into files: the counterpart of `schemata.layouts`."""

from schemata.landing.names import restamp

__all__ = ["restamp"]
