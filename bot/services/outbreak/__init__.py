"""Many reports of one matter: storms, shared indicators, merging, outbreaks."""
