"""What was done to people, and whether it became less: figures of two periods, with their n."""
