"""The web role: output feeds, subscribers' links, and what watches over the service.

It reads the store, and changes it through the verbs of `worker.pipeline` only.
"""
