"""``python -m bn_tutor``."""

from bn_tutor.cli.main import main

if __name__ == "__main__":
    main()
