"""The use cases: one public function each, given an open transaction."""
