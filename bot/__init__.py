"""ungcuu: the incident bot of a provincial response team. This package is its inside."""
