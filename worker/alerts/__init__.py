"""Who hears what, and when: plan, throttle, retry decision, rendering. PURE."""
