"""The verbs. They put the steps in order and decide nothing; the outside comes in through `ports`."""
