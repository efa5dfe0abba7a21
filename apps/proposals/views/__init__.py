"""The pages of proposals: each view authorises, reads, arranges, renders."""
