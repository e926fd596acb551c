"""The local newswire of `tocsin up --demo`: several invented outlets that publish over three minutes, on loopback.

Run it as a child of the supervisor: `python -P -m worker.service.newswire --port N`. It imports nothing that polls.
"""

from worker.service.newswire.configuration import write_demo_configuration

__all__ = ["write_demo_configuration"]
