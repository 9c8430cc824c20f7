"""Bodies of requests: read whole, never longer than they may be and never slower."""

import asyncio

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError


async def read(request: web.Request, most: int, within: float) -> bytes:
    """Return the body; raises HTTP 413 over `most` bytes, 408 after `within` seconds, 400 when it is garbled or ends too soon."""
    if (request.content_length or 0) > most:
        raise _too_large(most)
    body = bytearray()
    try:
        async with asyncio.timeout(within):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise web.HTTPRequestTimeout(text=f"the body did not come within {within:g} s") from None
    except (web.RequestPayloadError, HttpProcessingError):
        raise web.HTTPBadRequest(text="the body is garbled") from None
    return bytes(body) or await request.read()  # whoever stands before may have read it


def _too_large(most: int) -> web.HTTPRequestEntityTooLarge:
    return web.HTTPRequestEntityTooLarge(most, text=f"the body is larger than {most} bytes")
