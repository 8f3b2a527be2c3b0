"""Who does their duty: for the department, on one page."""
