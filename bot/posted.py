"""What browsers post, for the console and the residents' pages alike."""

from aiohttp import web


async def read_form(request: web.Request) -> dict[str, str]:
    """Return the fields that were posted, files left out; raises HTTP 400 for a body that is no form."""
    try:
        posted = await request.post()
        fields = {name: value for name, value in posted.items() if isinstance(value, str)}
        "".join(fields.values()).encode()  # some charsets hold halves of signs, which nobody can keep
    except web.HTTPException:  # such as one that is too large
        raise
    except Exception as error:  # charset, boundary, encodings: a body is broken in many ways, with an error for each
        raise web.HTTPBadRequest(text="这个表单读不出来，请回到页面重新提交。") from error
    return {name: value.replace("\0", "") for name, value in fields.items()}  # PostgreSQL keeps no zero byte
