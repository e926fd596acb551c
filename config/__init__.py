"""Settings and watch files in, plain values out; imports nothing of ours."""
