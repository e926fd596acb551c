"""The local newswire of `tocsin up --demo`: several invented outlets that publish over three minutes, on loopback.

Run it as a child of the supervisor: `python -P -m worker.service.newswire --port N`. It imports nothing that polls.
"""

from worker.service.newswire.configuration import write_demo_configuration
from worker.service.newswire.server import free_port

__all__ = ["free_port", "write_demo_configuration"]
