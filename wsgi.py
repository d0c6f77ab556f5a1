"""The WSGI application: `gunicorn -c config/gunicorn.conf.py wsgi:application`."""

from irt.app import build, require_study_file
from irt.settings import read_settings
from irt.web import create

service = build(read_settings())
require_study_file(service)
application = create(service, proxied=True)
