"""What is due: severity, deadlines, duties of the law, the ladder."""
