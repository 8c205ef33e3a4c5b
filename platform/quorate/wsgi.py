import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quorate.settings")
# The name PostgreSQL shows for our connections (pg_stat_activity), read by libpq: who keeps the database busy.
os.environ.setdefault("PGAPPNAME", "quorate web")

application = get_wsgi_application()
