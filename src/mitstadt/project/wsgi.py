"""The web application. A production start refuses demo data, default secrets and DEBUG, however it is started."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mitstadt.project.settings.production")

application = get_wsgi_application()

from mitstadt.project.checks import refuse_unsafe_start  # noqa: E402  needs the apps

refuse_unsafe_start()
