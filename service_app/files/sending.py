"""A stored file on its way to a browser. The owner's route has already asked who may see it."""

from flask import Response, request
from flask import send_file as flask_send_file

from service_app.core.errors import NotFound
from service_app.files import store
from service_app.files.models import StoredFile

INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})


def send_stored(file: StoredFile, *, thumbnail: bool = False) -> Response:
    """The bytes with their own type, never guessed; photos and PDFs inline, the rest attached."""
    small = thumbnail and file.thumbnail_key is not None
    path = store.path_of(file.thumbnail_key if small and file.thumbnail_key else file.key)
    if not path.is_file():
        raise NotFound
    response = flask_send_file(
        path,
        mimetype=file.media_type,
        as_attachment=file.media_type not in INLINE or "download" in request.args,
        download_name=file.name,
        etag=f"{file.sha256[:32]}{'-t' if small else ''}",
        conditional=True,
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
