"""`redis-cli [-e] COMMAND...`, as far as our file needs it: one command to $REDIS_PORT of this machine, its answer printed.

Exit code 1 where nobody answers, and, with -e, where the answer is an error.
"""

import os
import socket
import sys


def main() -> int:
    words = sys.argv[1:]
    strict = words[:1] == ["-e"]
    words = words[strict:]
    encoded = b"".join(b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in words)
    try:
        with socket.create_connection(("127.0.0.1", int(os.environ["REDIS_PORT"])), timeout=5) as connection:
            connection.sendall(b"*%d\r\n%s" % (len(words), encoded))
            answer = connection.makefile("rb").readline().decode()
    except OSError as error:
        sys.stderr.write(f"Could not connect to Redis: {error}\n")
        return 1
    sys.stdout.write(answer[1:])
    return int(strict and answer[:1] not in {"+", ":", "$"})


if __name__ == "__main__":
    sys.exit(main())
