"""The web application. A production start refuses demo data, default secrets and DEBUG, however it is started."""

import gc
import os

# Nothing that is imported becomes garbage: looking for some made a start slower by a fifth.
gc.disable()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import get_resolver  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mitstadt.project.settings.production")

application = get_wsgi_application()
_ = get_resolver().url_patterns  # once, before the processes are forked, instead of at the first visit in each

from mitstadt.project.checks import refuse_unsafe_start  # noqa: E402  needs the apps

refuse_unsafe_start()
gc.enable()
gc.freeze()  # the processes share what is loaded now
