"""Loads published data sets through the command line, and checks what came of them.

`make real DATA=folder`: the folder holds one folder a data set. Nothing of it is in this project.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.real import figures
from tests.real.recount import DATA_SETS

HERE = Path(__file__).parent
FILES = {
    "forbes-phq9-gad7-two-waves": "two_waves_redcap_style.csv",
    "nhanes-phq9-2017-2018": "dpq_2017_2018.csv",
    "nivlab-gad7-attention-item": "gad7.csv",
    "armour-pcl5": "pcl5.csv",
    "nimh-volunteers-gad7": "gad7.tsv",
    "nimh-ketamine-crossover-madrs": "ratings.tsv",
}


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def mindspa(*arguments: str) -> str:
    """What a command says; it stops everything when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "mindspa", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"mindspa {' '.join(arguments)}\n{done.stderr}")
    return done.stderr


def check(data_set: str, folder: Path, database: Path) -> bool:
    url = f"sqlite:///{database}"
    mapping = HERE / "mappings" / f"{data_set}.toml"
    command = ("import", str(folder / FILES[data_set]), "--mapping", str(mapping), "--db", url)
    say(f"\n{data_set}")
    started = time.monotonic()
    said = mindspa(*command)
    say(f"{said.rstrip()}\nIn {time.monotonic() - started:.0f} s.")
    recount = [sys.executable, str(HERE / "recount.py"), data_set, str(folder), str(database)]
    agrees = subprocess.run(recount, check=False).returncode == 0
    again = mindspa(*command)
    added_nothing = "Forms: 0 stored" in again and "Infusions: 0 stored" in again
    still_agrees = subprocess.run(recount, check=False).returncode == 0
    say(f"Recount: {'agrees on every row' if agrees and still_agrees else 'DIFFERS'}.")
    say(f"Run again: {'adds nothing' if added_nothing else 'ADDS SOMETHING'}.")
    return agrees and still_agrees and added_nothing


def main() -> int:
    data = Path(sys.argv[1]).resolve()
    absent = [name for name in DATA_SETS if not (data / name).is_dir()]
    if absent:
        say(f"{data} lacks {', '.join(absent)}.")
        return 2
    with tempfile.TemporaryDirectory() as temporary:
        database = Path(temporary) / "real.db"
        clinic = ("--clinic-name", "Studies", "--zone", "America/New_York", "--country", "US")
        account = ("--login", "admin", "--name", "Admin", "--role", "administrator")
        mindspa("user", "add", *account, *clinic, "--db", f"sqlite:///{database}")
        sound = [check(name, data / name, database) for name in DATA_SETS]
        people, differing = figures.differences(data / figures.STUDY, database)
        for line in differing:
            say(line)
        say(f"\nFigures of {people} persons: {len(differing)} differ from the file of ratings.")
    return 0 if all(sound) and not differing else 1


if __name__ == "__main__":
    sys.exit(main())
