"""How gunicorn serves the pages: `gunicorn -c config/gunicorn.conf.py`. A proxy in front speaks TLS."""

import os

wsgi_app = "wsgi:application"
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"

# A signature costs 20 ms of one core (Argon2), so more workers than twice the cores only queue.
workers = int(os.environ.get("WEB_CONCURRENCY", "0")) or 2 * (os.cpu_count() or 1)
worker_class = "sync"
# Each worker opens the database and the key for itself; connections do not survive a fork.
preload_app = False

# The longest act takes well under a second; one that hangs is ended and its transaction rolled back.
timeout = 30
graceful_timeout = 20
# The heartbeat file lies in memory: a slow disk must not make a healthy worker look dead.
worker_tmp_dir = "/dev/shm"  # noqa: S108

# The visitor's address counts for lockout. wsgi.py takes it from the last entry of X-Forwarded-For, which the proxy has
# to append (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for). Only this machine reaches the port.
forwarded_allow_ips = "127.0.0.1"
limit_request_line = 4094
limit_request_fields = 64

# Who did what is in the audit trail; an access log would be a second record with weaker guards.
accesslog = None
errorlog = "-"
