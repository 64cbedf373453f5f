"""Cases: what is kept of one invention on its way to filing. Everything stays on this machine."""

from __future__ import annotations
