"""The only way out to the network: guarded, capped, by total deadline (DESIGN 4.7, RELIABILITY 9 to 12)."""
