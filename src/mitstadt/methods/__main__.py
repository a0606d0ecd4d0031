import sys

from mitstadt.methods.cli import main

sys.exit(main())
