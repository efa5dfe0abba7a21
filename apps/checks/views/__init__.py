"""The pages of projects, branches, pushes and catalogs: each view authorises, reads, arranges, renders."""
