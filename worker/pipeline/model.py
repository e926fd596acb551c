from worker.records import *  # noqa
