import sys

from mitstadt.project.cli import main

sys.exit(main())
