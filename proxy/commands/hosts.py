"""Where a server of ours is called that listens on all addresses."""

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def base_url(host: str, port: int) -> str:
    """`http://127.0.0.1:8081`, `http://[::1]:8081`."""
    name = EVERYWHERE.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"
