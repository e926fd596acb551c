"""Paths of endpoints that are met without an HTTP request, so that the doors must know them."""

AT_TLS = "/tls/plain-answer"
AT_SLAM = "/resets/at-accept"
